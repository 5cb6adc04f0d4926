import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type AgentId, parseAgentId } from "@polyglot/contracts";
import { type LogLevel, logLevels } from "@polyglot/service";
import { type Layer, layers } from "../limits/containment.ts";
import type { WorkerLimits } from "../limits/worker-limits.ts";
import type { PoolLimits } from "../pool/pool-limits.ts";
import type { BundleLimits } from "../runtimes/bundle-limits.ts";
import type { BuildLimits } from "../runtimes/compiled/limits.ts";
import type { EnvironmentLimits } from "../runtimes/environments/limits.ts";
import type { ConfiguredRuntimes } from "../runtimes/find-runtimes.ts";
import { isNetworkName, networkWords } from "@polyglot/service/address-policy";
import { type Flag, flagTable, type FlagName, variableOf } from "./flag-table.ts";

/** What `agent runtimes` needs to know, too. */
export interface RuntimeFlags {
  readonly configured: ConfiguredRuntimes;
}

export interface AgentFlags extends RuntimeFlags {
  readonly controllers: readonly string[];
  readonly caFile: string | undefined;
  readonly tokenFile: string | undefined;
  readonly dataDir: string;
  /** Relative watch patterns start here. */
  readonly dataRoot: string;
  /** What library calls may connect to besides the public internet. */
  readonly allowNetworks: readonly string[];
  readonly name: AgentId;
  readonly labels: Readonly<Record<string, string>>;
  /** Executions at once. */
  readonly capacity: number;
  readonly logLevel: LogLevel;
  readonly sampleIntervalMs: number;
  readonly poolLimits: Partial<PoolLimits>;
  readonly treeLimits: Partial<WorkerLimits>;
  /** Of containment. */
  readonly requiredLayers: readonly Layer[];
  readonly bundleLimits: Partial<BundleLimits>;
  readonly environmentLimits: Partial<EnvironmentLimits>;
  readonly buildLimits: Partial<BuildLimits>;
}

export type Parsed<Flags> =
  | { readonly kind: "flags"; readonly flags: Flags }
  | { readonly kind: "problem"; readonly message: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** What was given: by name, the last of several where only one counts. */
type Given = Readonly<Partial<Record<FlagName, readonly string[]>>>;

/** `hostName`: the agent's name where none is given. */
export const parseFlags = (
  args: readonly string[],
  hostName: string,
  environment: Environment = {},
): Parsed<AgentFlags> => parse(args, environment, (given) => checkFlags(given, hostName));

export const parseRuntimeFlags = (args: readonly string[], environment: Environment = {}): Parsed<RuntimeFlags> =>
  parse(args, environment, checkRuntimes);

function parse<Flags>(
  args: readonly string[],
  environment: Environment,
  check: (given: Given) => Flags,
): Parsed<Flags> {
  try {
    return { kind: "flags", flags: check({ ...variables(environment), ...words(args) }) };
  } catch (error) {
    return { kind: "problem", message: (error as Error).message };
  }
}

const rows = Object.entries(flagTable) as [FlagName, Flag][];
const options = Object.fromEntries(rows.map(([name]) => [name, { type: "string", multiple: true } as const]));

const words = (args: readonly string[]): Given =>
  parseArgs({ args: [...args], options, allowPositionals: false }).values;

function variables(environment: Environment): Given {
  const given = rows.flatMap(([name, { multiple }]) => {
    const text = environment[variableOf(name)] ?? "";
    if (text === "") return [];
    return [[name, multiple === true ? text.split(",").filter((item) => item !== "") : [text]] as const];
  });
  return Object.fromEntries(given);
}

const last = (given: Given, name: FlagName): string | undefined => given[name]?.at(-1);

function checkFlags(given: Given, hostName: string): AgentFlags {
  const controllers = given.controller ?? [];
  if (controllers.length === 0) throw new Error("--controller is missing: the URL of at least one controller");
  for (const url of controllers) checkUrl(url);
  const dataDir = last(given, "data-dir");
  if (dataDir === undefined) throw new Error("--data-dir is missing: the folder that the agent keeps its data in");
  return {
    controllers,
    caFile: last(given, "ca"),
    tokenFile: last(given, "token-file"),
    dataDir: resolve(dataDir),
    dataRoot: resolve(last(given, "data-root") ?? "."),
    allowNetworks: (given["allow-network"] ?? []).map(checkNetwork),
    requiredLayers: (given["require-layer"] ?? []).flatMap(checkLayer),
    name: checkName(last(given, "name") ?? nameOfHost(hostName)),
    labels: parseLabels(last(given, "labels") ?? ""),
    capacity: integer(given, "capacity", 1, 10_000) ?? defaultCapacity(),
    logLevel: checkLogLevel(last(given, "log-level") ?? "info"),
    sampleIntervalMs: checkSampleInterval(last(given, "sample-interval") ?? "1"),
    ...checkRuntimes(given),
    ...checkLimits(given),
  };
}

/** Relative paths start at the folder that the agent is started in. */
function checkRuntimes(given: Given): RuntimeFlags {
  const paths = (name: FlagName): string[] => (given[name] ?? []).map((path) => resolve(path));
  return {
    configured: { python: paths("python"), node: paths("node"), rust: paths("rust"), cpp: paths("cpp") },
  };
}

function checkLimits(
  given: Given,
): Pick<AgentFlags, "poolLimits" | "treeLimits" | "bundleLimits" | "environmentLimits" | "buildLimits"> {
  const idleSeconds = integer(given, "idle-seconds", 1, 86_400);
  const workerMb = integer(given, "worker-memory-mb", 32, maxMb);
  const diskMb = integer(given, "worker-disk-mb", 1, maxMb);
  const bundlesMb = integer(given, "max-bundles-mb", 1, maxMb);
  const buildsMb = integer(given, "max-builds-mb", 1, maxMb);
  const environmentsMb = integer(given, "max-environments-mb", 1, maxMb);
  return {
    poolLimits: defined({
      maxWorkers: integer(given, "max-workers", 1, 10_000),
      minWorkersPerGroup: integer(given, "warm", 0, 1_000),
      idleMs: idleSeconds === undefined ? undefined : idleSeconds * 1000,
      maxCallsPerWorker: integer(given, "recycle-calls", 1, 1_000_000_000),
      maxGrowthMb: integer(given, "recycle-growth-mb", 1, maxMb),
    }),
    treeLimits: defined({
      maxProcesses: integer(given, "worker-processes", 16, 1_000_000),
      maxMemoryBytes: workerMb === undefined ? undefined : workerMb * bytesPerMb,
      maxDiskBytes: diskMb === undefined ? undefined : diskMb * bytesPerMb,
      maxOpenFiles: integer(given, "worker-open-files", 64, 1_000_000),
    }),
    bundleLimits: defined({
      maxBundles: integer(given, "max-bundles", 1, 1_000_000),
      maxBytes: bundlesMb === undefined ? undefined : bundlesMb * bytesPerMb,
    }),
    environmentLimits: defined({
      maxEnvironments: integer(given, "max-environments", 1, 1_000_000),
      maxBytes: environmentsMb === undefined ? undefined : environmentsMb * bytesPerMb,
    }),
    buildLimits: defined({
      maxBuilds: integer(given, "max-builds", 1, 1_000_000),
      maxBytes: buildsMb === undefined ? undefined : buildsMb * bytesPerMb,
    }),
  };
}

const bytesPerMb = 1024 * 1024;
/** 16 TB. */
const maxMb = 16 * 1024 * 1024;

type Defined<T> = { readonly [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Without the entries that were not given, so that defaults hold for them. */
function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}

/** Executions wait for files, networks and the next claim more than they compute: 64 kept two cores half idle, measured. */
const defaultCapacity = (): number => Math.max(128, 16 * availableParallelism());

const nameOfHost = (hostName: string): string =>
  hostName
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]/g, "-")
    .replace(/^[.-]+/, "")
    .slice(0, 63);

function checkUrl(url: string): void {
  if (!URL.canParse(url) || new URL(url).protocol !== "https:")
    throw new Error(`--controller is an https URL, got '${url}'`);
}

function checkName(name: string): AgentId {
  const id = parseAgentId(name);
  if (id === undefined)
    throw new Error(`--name is of lower-case letters, digits, dots and hyphens, at most 63; got '${name}'`);
  return id;
}

function checkNetwork(text: string): string {
  if (isNetworkName(text)) return text;
  const allowed = networkWords.join(", ");
  throw new Error(`--allow-network is a network like 10.0.0.0/8, an address, or one of ${allowed}; got '${text}'`);
}

function checkLayer(text: string): readonly Layer[] {
  if (text === "all") return layers;
  const layer = layers.find((known) => known === text);
  if (layer === undefined) throw new Error(`--require-layer is all or one of ${layers.join(", ")}; got '${text}'`);
  return [layer];
}

function parseLabels(text: string): Record<string, string> {
  const pairs = text.split(",").filter((pair) => pair !== "");
  return Object.fromEntries(pairs.map(parseLabel));
}

function parseLabel(pair: string): [string, string] {
  const split = pair.indexOf("=");
  if (split < 1) throw new Error(`--labels is a list of key=value with commas between, got '${pair}'`);
  return [pair.slice(0, split), pair.slice(split + 1)];
}

function integer(given: Given, name: FlagName, least: number, most: number): number | undefined {
  const text = last(given, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new Error(`--${name} is an integer from ${least} to ${most}, got '${text}'`);
}

function checkSampleInterval(text: string): number {
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= 0.1 && seconds <= 60) return seconds * 1000;
  throw new Error(`--sample-interval is a number of seconds from 0.1 to 60, got '${text}'`);
}

function checkLogLevel(text: string): LogLevel {
  const level = logLevels.find((known) => known === text);
  if (level === undefined) throw new Error(`--log-level is one of ${logLevels.join(", ")}, got '${text}'`);
  return level;
}
