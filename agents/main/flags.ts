import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type AgentId, parseAgentId } from "@polyglot/contracts";
import { type LogLevel, logLevels } from "@polyglot/service";

export interface AgentFlags {
  readonly controllers: readonly string[];
  readonly caFile: string | undefined;
  readonly tokenFile: string | undefined;
  readonly dataDir: string;
  /** Relative watch patterns start here. */
  readonly dataRoot: string;
  readonly name: AgentId;
  readonly labels: Readonly<Record<string, string>>;
  /** Executions at once. */
  readonly capacity: number;
  readonly logLevel: LogLevel;
}

export type ParsedFlags =
  | { readonly kind: "flags"; readonly flags: AgentFlags }
  | { readonly kind: "problem"; readonly message: string };

const maxCapacity = 10_000;

const options = {
  controller: { type: "string", multiple: true },
  ca: { type: "string" },
  "token-file": { type: "string" },
  "data-dir": { type: "string" },
  "data-root": { type: "string" },
  name: { type: "string" },
  labels: { type: "string" },
  capacity: { type: "string" },
  "log-level": { type: "string" },
} as const;

/** `hostName`: the agent's name where none is given. */
export function parseFlags(args: readonly string[], hostName: string): ParsedFlags {
  try {
    const { values } = parseArgs({ args: [...args], options, allowPositionals: false });
    return { kind: "flags", flags: checkFlags(values, hostName) };
  } catch (error) {
    return { kind: "problem", message: (error as Error).message };
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];

function checkFlags(values: Values, hostName: string): AgentFlags {
  const controllers = values.controller ?? [];
  if (controllers.length === 0) throw new Error("--controller is missing: the URL of at least one controller");
  for (const url of controllers) checkUrl(url);
  if (values["data-dir"] === undefined)
    throw new Error("--data-dir is missing: the folder that the agent keeps its data in");
  return {
    controllers,
    caFile: values.ca,
    tokenFile: values["token-file"],
    dataDir: resolve(values["data-dir"]),
    dataRoot: resolve(values["data-root"] ?? "."),
    name: checkName(values.name ?? nameOfHost(hostName)),
    labels: parseLabels(values.labels ?? ""),
    capacity: checkCapacity(values.capacity ?? String(defaultCapacity())),
    logLevel: checkLogLevel(values["log-level"] ?? "info"),
  };
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

function parseLabels(text: string): Record<string, string> {
  const pairs = text.split(",").filter((pair) => pair !== "");
  return Object.fromEntries(pairs.map(parseLabel));
}

function parseLabel(pair: string): [string, string] {
  const split = pair.indexOf("=");
  if (split < 1) throw new Error(`--labels is a list of key=value with commas between, got '${pair}'`);
  return [pair.slice(0, split), pair.slice(split + 1)];
}

function checkCapacity(text: string): number {
  const capacity = Number(text);
  if (Number.isInteger(capacity) && capacity >= 1 && capacity <= maxCapacity) return capacity;
  throw new Error(`--capacity is an integer from 1 to ${maxCapacity}, got '${text}'`);
}

function checkLogLevel(text: string): LogLevel {
  const level = logLevels.find((known) => known === text);
  if (level === undefined) throw new Error(`--log-level is one of ${logLevels.join(", ")}, got '${text}'`);
  return level;
}
