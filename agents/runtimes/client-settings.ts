/**
 * What of the agent's surroundings package clients get: where registries are, by which proxy and with which authorities.
 * An allow-list, because install scripts and build scripts of packages run with the same variables.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

export interface ClientSettings {
  readonly variables: Readonly<Record<string, string>>;
  /** By their paths below the home of the build's user. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export const noSettings: ClientSettings = { variables: {}, files: new Map() };

type Environment = Readonly<Record<string, string | undefined>>;

const proxies = /^(?:https?|no|all)_proxy$/i;
const ofPackages =
  /^(?:PIP_(?:INDEX_URL|EXTRA_INDEX_URL|NO_INDEX|FIND_LINKS|TRUSTED_HOST|CERT|CLIENT_CERT|PROXY|TIMEOUT|DEFAULT_TIMEOUT|RETRIES|REQUIRE_HASHES|ONLY_BINARY|NO_BINARY|PREFER_BINARY|CONSTRAINT|CONFIG_FILE)|REQUESTS_CA_BUNDLE|NODE_EXTRA_CA_CERTS|npm_config_(?:registry|cafile|ca|proxy|https[_-]proxy|noproxy|strict[_-]ssl|fetch[_-]\w+|offline|prefer[_-]offline|\/\/.*|@.*:registry))$/i;
/** Without the token that publishes, and without programs that know one. */
const ofCargo =
  /^CARGO_(?:HTTP_(?:PROXY|CAINFO|TIMEOUT|CHECK_REVOKE|MULTIPLEXING|SSL_VERSION|LOW_SPEED_LIMIT)|NET_(?:RETRY|OFFLINE)|REGISTRY_DEFAULT|REGISTRIES_\w+_(?:INDEX|TOKEN|PROTOCOL))$/;

/** Where clients keep their user's configuration. Indexes may ask for the credentials in them. */
const packageFiles = [".config/pip/pip.conf", ".pip/pip.conf", ".npmrc"] as const;

/** Of pip and npm. */
export async function packageSettings(environment: Environment, home: string): Promise<ClientSettings> {
  const files = packageFiles.map((path) => [path, join(home, path)] as const);
  return { variables: variablesOf(environment, ofPackages), files: await readFiles(files) };
}

/** What builds of modules download with; `plain` is any program that knows proxies. */
export type DownloadClient = "cargo" | "plain";

export function downloadSettings(
  client: DownloadClient,
  environment: Environment,
  home: string,
): Promise<ClientSettings> {
  if (client === "cargo") return cargoSettings(environment, home);
  return Promise.resolve({ ...noSettings, variables: variablesOf(environment, proxies) });
}

/** From cargo's configuration its configuration what says where packages are, and not what says which programs run. */
async function cargoSettings(environment: Environment, home: string): Promise<ClientSettings> {
  const folder = environment["CARGO_HOME"] ?? join(home, ".cargo");
  const names = ["config.toml", "credentials.toml"].map((name) => [`.cargo/${name}`, join(folder, name)] as const);
  const files = [...(await readFiles(names))].map(
    ([path, bytes]) => [path, Buffer.from(registryTables(bytes.toString("utf8")))] as const,
  );
  return { variables: variablesOf(environment, ofCargo), files: new Map(files) };
}

const variablesOf = (environment: Environment, allowed: RegExp): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined && (proxies.test(name) || allowed.test(name)) ? [[name, value] as const] : [],
    ),
  );

async function readFiles(files: readonly (readonly [string, string])[]): Promise<ReadonlyMap<string, Buffer>> {
  const found = await Promise.all(
    files.map(async ([path, source]) => [path, await readFile(source).catch(() => undefined)] as const),
  );
  return new Map(found.flatMap(([path, bytes]) => (bytes === undefined ? [] : [[path, bytes] as const])));
}

const registryTable = /^\[\s*(?:source|registries|http|net)\s*[.\]]/;
const registryKey = /^(?:source|registries|http|net)\s*\./;
/** A program that knows credentials would be run by the build. */
const credentialProgram = /^(?:[\w.-]*\.)?credential-provider\s*=/;

/** Lines of those tables of a TOML file, and of its first lines the keys of those tables. */
function registryTables(text: string): string {
  let isKept: boolean | undefined;
  const kept = text.split("\n").filter((line) => {
    const bare = line.trim();
    if (bare.startsWith("[") && /^\[[^\]]*\]\s*(?:#.*)?$/.test(bare)) isKept = registryTable.test(bare);
    if (credentialProgram.test(bare)) return false;
    return isKept ?? registryKey.test(bare);
  });
  return `${kept.join("\n")}\n`;
}
