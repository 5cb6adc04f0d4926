import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Endpoint } from "./endpoint.ts";
import { Failure } from "./failure.ts";

/**
 * Controllers that a person has named, in `config.yaml`:
 *
 *     current: production
 *     contexts:
 *       production: { url: https://polyglot.example.com:7443, ca: production-ca.pem, token: … }
 *
 * `ca` is a file, relative to `config.yaml`.
 */
interface Config {
  readonly current?: string;
  readonly contexts?: Readonly<
    Record<string, { readonly url?: string; readonly ca?: string; readonly token?: string }>
  >;
}

/** The named context, or the current one; undefined where there is none and none was asked for. */
export async function findContext(file: string, name: string | undefined): Promise<Endpoint | undefined> {
  const config = existsSync(file) ? await readConfig(file) : {};
  const wanted = name ?? config.current;
  if (wanted === undefined) return undefined;
  const context = config.contexts?.[wanted];
  if (context?.url === undefined || context.token === undefined) {
    const known = Object.keys(config.contexts ?? {}).join(", ") || "none";
    throw new Failure("usage", `no context '${wanted}' with url and token in ${file} (there: ${known})`);
  }
  const ca = context.ca === undefined ? {} : { ca: readFileSync(resolve(dirname(file), context.ca), "utf8") };
  return { url: context.url, token: context.token, origin: `context ${wanted}`, ...ca };
}

export function configFile(env: NodeJS.ProcessEnv, home: string): string {
  return join(env["XDG_CONFIG_HOME"] ?? join(home, ".config"), "polyglot", "config.yaml");
}

async function readConfig(path: string): Promise<Config> {
  const { parse } = await import("yaml");
  try {
    return (parse(readFileSync(path, "utf8")) ?? {}) as Config;
  } catch (cause) {
    throw new Failure("usage", `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
