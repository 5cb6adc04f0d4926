/**
 * What of the agent's surroundings package clients get: where indexes are, by which proxy and with which authorities. An
 * allow-list, because install scripts of packages run with the same variables.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

export interface ClientSettings {
  readonly variables: Readonly<Record<string, string>>;
  /** By their paths below the home of the build's user. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const passed =
  /^(?:(?:https?|no|all)_proxy|PIP_(?:INDEX_URL|EXTRA_INDEX_URL|NO_INDEX|FIND_LINKS|TRUSTED_HOST|CERT|CLIENT_CERT|PROXY|TIMEOUT|DEFAULT_TIMEOUT|RETRIES|REQUIRE_HASHES|ONLY_BINARY|NO_BINARY|PREFER_BINARY|CONSTRAINT|CONFIG_FILE)|REQUESTS_CA_BUNDLE|NODE_EXTRA_CA_CERTS|npm_config_(?:registry|cafile|ca|proxy|https[_-]proxy|noproxy|strict[_-]ssl|fetch[_-]\w+|offline|prefer[_-]offline|\/\/.*|@.*:registry))$/i;

/** Where clients keep their user's configuration. Indexes may ask for the credentials in them. */
const files = [".config/pip/pip.conf", ".pip/pip.conf", ".npmrc"] as const;

export async function clientSettings(
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
): Promise<ClientSettings> {
  const variables = Object.entries(environment).flatMap(([name, value]) =>
    passed.test(name) && value !== undefined ? [[name, value] as const] : [],
  );
  const found = await Promise.all(
    files.map(async (path) => [path, await readFile(join(home, path)).catch(() => undefined)] as const),
  );
  return {
    variables: Object.fromEntries(variables),
    files: new Map(found.flatMap(([path, bytes]) => (bytes === undefined ? [] : [[path, bytes] as const]))),
  };
}
