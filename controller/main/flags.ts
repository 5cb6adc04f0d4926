/** The controller's command line and environment. */
import { parseArgs } from "node:util";
import type { InfluxTarget } from "../observe/influx-writer.ts";
import { type LogLevel, logLevels } from "@polyglot/service";
import { isNetworkName } from "@polyglot/service/address-policy";

export interface ControllerFlags {
  readonly databaseUrl: string;
  readonly dataFolder: string;
  /** Redis that all controllers share as their cache; absent: each has its memory. */
  readonly redisUrl?: string;
  /** Where the history goes besides the database. */
  readonly influx?: InfluxTarget;
  readonly host: string;
  readonly port: number;
  /** File with a token that becomes an administrator's. */
  readonly localTokenFile: string | undefined;
  readonly allowFileRepositories: boolean;
  /** Beginning of the variables that secrets may name; absent: none may be named. */
  readonly secretEnvPrefix?: string;
  /** Folder of the files that secrets may name; absent: none may be named. */
  readonly secretFolder?: string;
  /** Master key of the values in the store; absent: a file of the data folder. */
  readonly secretKeyFile?: string;
  /** What alerts may be sent to besides the public internet. */
  readonly allowNetworks?: readonly string[];
  readonly logLevel: LogLevel;
}

export const usage = `usage: controller --data-dir DIR [options]
  --database-url URL         PostgreSQL; default: the environment's DATABASE_URL
  --redis-url URL            a cache for all controllers; default: the environment's REDIS_URL, else memory
  --influx-url URL           history besides, as Influx line protocol; its token: the environment's INFLUX_TOKEN
  --influx-org NAME          default polyglot
  --influx-bucket NAME       default polyglot
  --data-dir DIR             keys, certificates and git mirrors
  --listen HOST:PORT         default 127.0.0.1:0, a free port
  --local-token-file FILE    the token inside becomes an administrator's
  --allow-file-repositories  lets GitRepository name folders of this machine
  --secret-env-prefix WORD   secrets may name variables of this process that begin so, e.g. POLYGLOT_SECRET_
  --secret-folder DIR        secrets may name files below it
  --secret-key-file FILE     wraps the secrets in the store; default: secrets.key in the data folder, made if missing
  --allow-network NETWORK    what alerts may be sent to besides the public internet: 10.0.0.0/8, an address, loopback, private
  --log-level LEVEL          ${logLevels.join(", ")}; default info
`;

/** Throws with a sentence for the person who started it. */
export function parseFlags(argv: readonly string[], environment: NodeJS.ProcessEnv): ControllerFlags {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      "database-url": { type: "string" },
      "redis-url": { type: "string" },
      "influx-url": { type: "string" },
      "influx-org": { type: "string", default: "polyglot" },
      "influx-bucket": { type: "string", default: "polyglot" },
      "data-dir": { type: "string" },
      listen: { type: "string", default: "127.0.0.1:0" },
      "local-token-file": { type: "string" },
      "allow-file-repositories": { type: "boolean", default: false },
      "secret-env-prefix": { type: "string" },
      "secret-folder": { type: "string" },
      "secret-key-file": { type: "string" },
      "allow-network": { type: "string", multiple: true, default: [] },
      "log-level": { type: "string", default: "info" },
    },
  });
  const databaseUrl = values["database-url"] ?? environment["DATABASE_URL"];
  const redisUrl = values["redis-url"] ?? environment["REDIS_URL"];
  const dataFolder = values["data-dir"];
  if (databaseUrl === undefined) throw new Error("--database-url or DATABASE_URL has to say where PostgreSQL is");
  if (dataFolder === undefined) throw new Error("--data-dir has to name a folder");
  return {
    databaseUrl,
    ...(redisUrl === undefined ? {} : { redisUrl: parseRedisUrl(redisUrl) }),
    ...influxTarget(values, environment),
    dataFolder,
    ...parseListen(values.listen),
    localTokenFile: values["local-token-file"],
    allowFileRepositories: values["allow-file-repositories"],
    ...secretFlags(values["secret-env-prefix"], values["secret-folder"], values["secret-key-file"]),
    ...networksOf(values["allow-network"]),
    logLevel: parseLevel(values["log-level"]),
  };
}

const networksOf = (texts: readonly string[]): Pick<ControllerFlags, "allowNetworks"> =>
  texts.length === 0 ? {} : { allowNetworks: texts.map(checkNetwork) };

function checkNetwork(text: string): string {
  if (isNetworkName(text)) return text;
  throw new Error(`--allow-network is a network like 10.0.0.0/8, an address, loopback or private; got '${text}'`);
}

type SecretFlags = Pick<ControllerFlags, "secretEnvPrefix" | "secretFolder" | "secretKeyFile">;

function secretFlags(prefix: string | undefined, folder: string | undefined, keyFile: string | undefined): SecretFlags {
  if (prefix !== undefined && !/^[A-Za-z_]\w*$/.test(prefix)) {
    throw new Error(`--secret-env-prefix takes the beginning of a variable's name, got '${prefix}'`);
  }
  return {
    ...(prefix === undefined ? {} : { secretEnvPrefix: prefix }),
    ...(folder === undefined ? {} : { secretFolder: folder }),
    ...(keyFile === undefined ? {} : { secretKeyFile: keyFile }),
  };
}

/** Its password stays out of the message. */
function parseRedisUrl(text: string): string {
  if (/^rediss?:\/\/./.test(text)) return text;
  throw new Error("--redis-url or REDIS_URL takes redis://HOST:PORT or rediss://HOST:PORT");
}

function influxTarget(
  values: {
    readonly "influx-url"?: string | undefined;
    readonly "influx-org": string;
    readonly "influx-bucket": string;
  },
  environment: NodeJS.ProcessEnv,
): { readonly influx?: InfluxTarget } {
  const url = values["influx-url"];
  if (url === undefined) return {};
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol) || new URL(url).password !== "") {
    throw new Error("--influx-url takes http://HOST:PORT or https://HOST:PORT; its token stands in INFLUX_TOKEN");
  }
  const token = environment["INFLUX_TOKEN"] ?? "";
  return { influx: { url, token, organisation: values["influx-org"], bucket: values["influx-bucket"] } };
}

const listenPattern = /^(?:\[([0-9a-f:.]+)\]|([^:]+)):(\d{1,5})$/i;

function parseListen(text: string): { host: string; port: number } {
  const [, six, other, port] = listenPattern.exec(text) ?? [];
  const host = six ?? other;
  if (host === undefined || Number(port) > 65_535) throw new Error(`--listen takes HOST:PORT, got '${text}'`);
  return { host, port: Number(port) };
}

function parseLevel(text: string): LogLevel {
  const level = logLevels.find((known) => known === text);
  if (level === undefined) throw new Error(`--log-level takes one of ${logLevels.join(", ")}, got '${text}'`);
  return level;
}
