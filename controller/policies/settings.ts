/** The settings that plans, configurations and policies say of a pipeline: their names, their values, their texts. */
import type { CanonicalValue, QueueConfiguration } from "@polyglot/contracts";

type Retry = NonNullable<QueueConfiguration["retry"]>;
type Kill = NonNullable<QueueConfiguration["kill"]>;

/** By name. Amounts are in bytes, times in seconds, shares of something in percent where the name says so. */
export interface Settings {
  readonly "requests.cpu": number;
  readonly "requests.memory": number;
  readonly "requests.gpu": number;
  readonly "requests.disk": number;
  readonly "requests.output": number;
  readonly "requests.processes": number;
  readonly "limits.cpu": number;
  readonly "limits.memory": number;
  readonly "limits.disk": number;
  readonly "limits.output": number;
  readonly "limits.processes": number;
  /** Percent. */
  readonly "kill.cpu": number;
  readonly "kill.memory": number | { readonly percent: number };
  readonly "kill.timeout": number;
  readonly "kill.strategy": NonNullable<Kill["strategy"]>;
  readonly "kill.gracePeriod": number;
  readonly "kill.handler": string;
  readonly "retry.maxAttempts": number;
  readonly "retry.strategy": NonNullable<Retry["strategy"]>;
  readonly "retry.base": number;
  readonly "retry.max": number;
  readonly "retry.jitter": number;
  readonly network: "none" | "public" | "all";
  readonly sandbox: "none" | "process" | "strict";
  readonly learn: boolean;
  readonly queue: string;
  readonly priority: number;
  readonly suspend: boolean;
  readonly deploy: "pin" | "drain" | "cut";
  readonly overlap: "allow" | "skip" | "wait" | "replace";
  readonly timezone: string;
  readonly calendar: string;
}
export type SettingName = keyof Settings;

/** Settings of a name that users choose: an input, a variable, a secret. */
interface OpenSettings {
  readonly [name: `inputs.${string}`]: CanonicalValue;
  readonly [name: `env.${string}` | `secrets.${string}`]: string;
}

/** What one source says; what it leaves out is for the next one. */
export type Said = { readonly [Name in SettingName]?: Settings[Name] | undefined } & OpenSettings;

const bytes: ReadonlySet<string> = new Set(["memory", "disk", "output"]);
const seconds: ReadonlySet<string> = new Set(["timeout", "gracePeriod", "base", "max"]);

/** As YAML writes it. */
export function textOfSetting(name: string, value: unknown): string {
  const [group = "", field = ""] = name.split(".");
  const isOpen = group === "inputs" || group === "env" || group === "secrets";
  if (typeof value === "object" && value !== null && !isOpen && "percent" in value) return `${String(value.percent)}%`;
  if (typeof value === "string") return value;
  if (typeof value !== "number" || isOpen) return JSON.stringify(value);
  if (bytes.has(field)) return textOfBytes(value);
  if (seconds.has(field)) return textOfSeconds(value);
  return `${value}${name === "kill.cpu" ? "%" : ""}`;
}

const units = ["", "Ki", "Mi", "Gi", "Ti"] as const;

/** In the largest unit in which it is whole. */
function textOfBytes(value: number): string {
  let [rest, at] = [value, 0];
  while (rest > 0 && rest % 1024 === 0 && at + 1 < units.length) [rest, at] = [rest / 1024, at + 1];
  return `${rest}${units[at]}`;
}

function textOfSeconds(value: number): string {
  return Number.isInteger(value) ? `${value}s` : `${Math.round(value * 1000)}ms`;
}
