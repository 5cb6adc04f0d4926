import { type Client, createClient } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { AgentService } from "@polyglot/contracts/service";
import type { Identity } from "./identity.ts";

/** An HTTP/2 connection to one controller. */
export interface Connection {
  readonly client: Client<typeof AgentService>;
  close(): void;
}

/** Without a certificate only `Join` answers. A peer that does not answer pings is gone. */
const pings = { pingIntervalMs: 5_000, pingTimeoutMs: 5_000 };

export function openConnection(url: string, trust: { authority: string } | Identity): Connection {
  const { authority } = trust;
  const own = "key" in trust ? { key: trust.key, cert: trust.certificate } : {};
  const sessionManager = new Http2SessionManager(url, pings, { ca: authority, ...own, minVersion: "TLSv1.3" });
  // Compression costs both sides more CPU (15 % of the agent's, measured) than a data centre's network is worth.
  const transport = createGrpcTransport({ baseUrl: url, sessionManager, acceptCompression: [] });
  return { client: createClient(AgentService, transport), close: () => sessionManager.abort() };
}
