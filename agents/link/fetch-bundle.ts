import type { Client } from "@connectrpc/connect";
import { sha256 } from "@polyglot/contracts";
import type { AgentService } from "@polyglot/contracts/service";

/** Fetches the archive of a bundle and verifies it. Rejects where it is another one, or larger than `maxBytes`. */
export async function fetchBundle(
  client: Pick<Client<typeof AgentService>, "fetchBundle">,
  digest: string,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const { data } of client.fetchBundle({ bundleDigest: digest })) {
    size += data.length;
    if (size > maxBytes) throw new Error(`bundle ${digest} is larger than the limit of ${maxBytes} bytes`);
    chunks.push(data);
  }
  const archive = Buffer.concat(chunks);
  const found = sha256(archive);
  if (found !== digest) throw new Error(`bundle ${digest} arrived damaged: its bytes are ${found}`);
  return archive;
}
