import { readFileSync } from "node:fs";
import { configFile, findContext } from "./contexts.ts";
import type { Endpoint } from "./endpoint.ts";
import { findEndpointFile } from "./endpoint-file.ts";
import { Failure } from "./failure.ts";

export interface EndpointSearch {
  /** From the command line. */
  readonly flags: { readonly url?: string; readonly token?: string; readonly ca?: string; readonly context?: string };
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly home: string;
}

/** Flags, then the environment, then the nearest `.polyglot/endpoint.json` upward, then the contexts. */
export async function findEndpoint(search: EndpointSearch): Promise<Endpoint> {
  const { flags, env, cwd, home } = search;
  const named = flags.context === undefined ? undefined : await findContext(configFile(env, home), flags.context);
  const near = fromWords(search) ?? named ?? findEndpointFile(cwd);
  const found = near ?? (await findContext(configFile(env, home), undefined));
  if (found !== undefined) return withGiven(found, flags);
  throw new Failure(
    "unreachable",
    `no controller is known here: start one with 'polyglot up', or give --url and --token (looked in the environment, in ${cwd} and above, and in ${configFile(env, home)})`,
  );
}

/** What is given on the command line counts wherever the rest was found. */
function withGiven(found: Endpoint, { token, ca }: EndpointSearch["flags"]): Endpoint {
  return { ...found, ...(token !== undefined && { token }), ...(ca !== undefined && { ca: readCa(ca) }) };
}

function fromWords({ flags, env }: EndpointSearch): Endpoint | undefined {
  const url = flags.url ?? (flags.context === undefined ? env["POLYGLOT_URL"] : undefined);
  if (url === undefined) return undefined;
  const token = flags.token ?? env["POLYGLOT_TOKEN"];
  if (token === undefined) throw new Failure("usage", `${url} needs a token: give --token or POLYGLOT_TOKEN`);
  const ca = flags.ca ?? env["POLYGLOT_CA"];
  return { url, token, origin: flags.url === undefined ? "POLYGLOT_URL" : "--url", ...(ca && { ca: readCa(ca) }) };
}

function readCa(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Failure("usage", `the authority ${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
