/**
 * Which field of the declared kinds a `|Q.` setting is: what `[Q]` lines say is checked by the schemas of the YAML kinds.
 * Settings without a field there are not in the list.
 */
import type { CanonicalValue } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { Span } from "../source/source-file.ts";
import type { CheckContext } from "./context.ts";
import { valueText } from "./value-text.ts";

export interface SettingPlace {
  readonly at: Span;
  readonly context: CheckContext;
}

/** The arguments of a setting, by the name of the parameter. */
export type SettingValues = Readonly<Record<string, CanonicalValue>>;

/** The value as YAML would write it; undefined where none is given, and after a finding. */
type Read = (values: SettingValues, place: SettingPlace) => unknown;

export interface SettingField {
  readonly kind: "Queue" | "ResourcePolicy";
  /** Below `spec`. */
  readonly path: readonly string[];
  readonly read: Read;
}

const field = (kind: SettingField["kind"], path: string, read: Read): SettingField => ({
  kind,
  path: path.split("."),
  read,
});
const queue = (path: string, read: Read): SettingField => field("Queue", path, read);
const policy = (path: string, read: Read): SettingField => field("ResourcePolicy", path, read);

/** What a whole queue has, and none of its pipelines for itself. */
export const settingsOfQueues: ReadonlySet<string> = new Set([
  "Q.Type",
  "Q.MaxSize",
  "Q.ParallelExecution",
  "Q.Halt",
  "Q.Resume",
  "Q.Concurrency.BackPressure",
]);

/** By the setting's canonical name. */
export const settingFields: Readonly<Record<string, readonly SettingField[]>> = {
  "Q.Importance": [queue("priority.importance", plain("importance"))],
  "Q.Timeout": [queue("timeout", duration("timeout"))],
  "Q.Type": [queue("type", member("type", "QueueType"))],
  "Q.MaxSize": [queue("maxSize", plain("size"))],
  "Q.ParallelExecution": [queue("concurrency.max", plain("max"))],
  "Q.Halt": [queue("paused", () => true)],
  "Q.Resume": [queue("paused", () => false)],
  "Q.Resource.Available.CPU.MoreThan": [queue("admission.cpuFree", plain("amount"))],
  "Q.Resource.Available.Memory.MoreThan": [queue("admission.memoryFree", megabytes("amount"))],
  "Q.Resource.Usage.CPU.LessThan": [queue("admission.cpuFree", remainder("amount"))],
  "Q.GpuAvailable": [queue("admission.gpuFree", plain("percent"))],
  "Q.Concurrency.MaxPipelines": [queue("concurrency.max", plain("max"))],
  "Q.Concurrency.MaxPerType": [queue("concurrency.perPipeline", plain("max"))],
  "Q.Concurrency.MaxPerKey": [
    queue("concurrency.perKey.key", plain("key")),
    queue("concurrency.perKey.max", plain("max")),
  ],
  "Q.Concurrency.RateLimit": [queue("rateLimit.limit", plain("limit")), queue("rateLimit.period", duration("period"))],
  "Q.Concurrency.Throttle": [queue("throttle", duration("interval"))],
  "Q.Concurrency.BackPressure": [queue("backpressure.high", plain("high")), queue("backpressure.low", plain("low"))],
  "Q.Retry.MaxAttempts": [queue("retry.maxAttempts", plain("attempts"))],
  "Q.Retry.Strategy": [queue("retry.strategy", member("strategy", "RetryStrategy"))],
  "Q.Retry.BackoffBase": [queue("retry.base", duration("base"))],
  "Q.Retry.BackoffMax": [queue("retry.max", duration("max"))],
  "Q.Retry.Jitter": [queue("retry.jitter", plain("share"))],
  "Q.DeadLetterQueue": [queue("deadLetter.queue", member("queue", "Queue"))],
  "Q.Kill.Exceeds.Usage.CPU": [policy("kill.cpu", plain("percent"))],
  "Q.Kill.Exceeds.Usage.Memory": [policy("kill.memory", bytesOrPercent("amount"))],
  "Q.Kill.Timeout.Execution": [policy("kill.timeout", duration("timeout"))],
  "Q.Kill.Strategy": [policy("kill.strategy", member("strategy", "KillStrategy"))],
  "Q.Kill.GracePeriod": [policy("kill.gracePeriod", duration("grace"))],
};

/** Numbers, texts and booleans: YAML has no other forms of them. */
function plain(parameter: string): Read {
  return (values) => {
    const value = values[parameter];
    if (value === null || typeof value !== "object") return value;
    if ("$float" in value) return Number(value.$float);
    return "$int" in value ? Number(value.$int) : value;
  };
}

/** An amount is a text, a share in percent a number. */
function bytesOrPercent(parameter: string): Read {
  const read = plain(parameter);
  return (values, place) => {
    const amount = read(values, place);
    return typeof amount === "number" ? `${amount}%` : amount;
  };
}

function megabytes(parameter: string): Read {
  const read = plain(parameter);
  return (values, place) => {
    const amount = read(values, place);
    return typeof amount === "number" ? `${amount}M` : amount;
  };
}

/** Percent in use to percent free. */
function remainder(parameter: string): Read {
  const read = plain(parameter);
  return (values, place) => {
    const percent = read(values, place);
    return typeof percent === "number" ? 100 - percent : percent;
  };
}

function duration(parameter: string): Read {
  return (values, place) => {
    const value = values[parameter];
    const seconds = value === undefined ? undefined : secondsOf(value, `'${parameter}'`, place);
    return seconds === undefined ? undefined : durationText(seconds);
  };
}

/** Members of all but queues are words of the schema: `CustomHandler` is `custom-handler`, `FIFO` is `fifo`. */
function member(parameter: string, name: string): Read {
  return (values, place) => {
    const value = values[parameter];
    const found = value === undefined ? undefined : memberOf(value, name, place);
    return name === "Queue" ? found : found?.replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase();
  };
}

export function memberOf(value: CanonicalValue, name: string, place: SettingPlace): string | undefined {
  const found = value !== null && typeof value === "object" && "$enum" in value ? value.$enum : undefined;
  const prefix = `#${name}.`;
  if (typeof found === "string" && found.startsWith(prefix)) return found.slice(prefix.length);
  reportWrongValue("the value", `a member of #${name}`, value, place);
  return undefined;
}

/** A calendar month has no fixed number of seconds. */
export function secondsOf(value: CanonicalValue, what: string, place: SettingPlace): number | undefined {
  const found = value !== null && typeof value === "object" && "$duration" in value ? value.$duration : undefined;
  const parts = found as { months: number; seconds: number } | undefined;
  if (parts !== undefined && parts.months === 0 && parts.seconds > 0) return parts.seconds;
  reportWrongValue(what, 'a duration longer than zero without months or years, such as T"30:"', value, place);
  return undefined;
}

/** To the millisecond, upwards: a wait is never none because it is short. */
function durationText(seconds: number): string {
  const milliseconds = Math.ceil(Math.round(seconds * 1e6) / 1e3);
  const whole = Math.floor(milliseconds / 1000);
  const rest = milliseconds % 1000;
  return `${whole}s${rest === 0 ? "" : `${rest}ms`}`;
}

function reportWrongValue(what: string, allowed: string, value: CanonicalValue, { at, context }: SettingPlace): void {
  context.findings.report(problems.wrongValue, at, what, allowed, valueText(value));
}
