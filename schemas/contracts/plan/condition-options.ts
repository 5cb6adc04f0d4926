/** What condition triggers say: checked where it is written, used where it runs. */
import { type CanonicalValue, tagOf } from "../values.ts";
import type { TriggerRegistration } from "./trigger.ts";

/** What every condition trigger takes by name besides its own arguments. */
export const conditionOptionNames = ["for", "clear", "across", "on"] as const;
export type ConditionOptionName = (typeof conditionOptionNames)[number];

export const conditionLimits = {
  /** How long something may have to hold. */
  forMs: 7 * 24 * 3_600_000,
  /** Between the limit and where it clears, unless said otherwise: points of a percentage. */
  clearPoints: 5,
  /** The same for rates: a share of the limit. */
  clearShare: 0.05,
} as const;

/** `each`: each host by itself; else all hosts together, or their mean. */
export const acrossWords = ["each", "all", "average"] as const;
export type Across = (typeof acrossWords)[number];

export interface ConditionOptions {
  /** It holds once it has held for so long without a break. */
  readonly forMs: number;
  readonly across: Across;
  /** The one host that counts. */
  readonly on?: string;
}

/** A figure of hosts against a limit. */
export interface Threshold {
  readonly is: "above" | "below";
  readonly limit: number;
  /** Once it holds it does so until the figure is on the other side of this. */
  readonly clear: number;
}

export interface ConditionFault {
  readonly option: ConditionOptionName | "percent" | "bytes_per_second";
  readonly allowed: string;
}

type Arguments = TriggerRegistration["arguments"];

interface Figure {
  readonly is: Threshold["is"];
  readonly argument: "percent" | "bytes_per_second";
}

const figures: Readonly<Record<string, Figure>> = {
  "T.System.Resource.Cpu.Above": { is: "above", argument: "percent" },
  "T.System.Resource.Cpu.Below": { is: "below", argument: "percent" },
  "T.System.Resource.Memory.Above": { is: "above", argument: "percent" },
  "T.System.Resource.Memory.Below": { is: "below", argument: "percent" },
  "T.System.Resource.DiskSpace.Below": { is: "below", argument: "percent" },
  "T.System.Resource.Network.Traffic.Above": { is: "above", argument: "bytes_per_second" },
  "T.System.Resource.Gpu.Above": { is: "above", argument: "percent" },
  "T.System.Resource.Gpu.Below": { is: "below", argument: "percent" },
};

/** Whether it compares a figure of hosts; the other conditions are checks, true or false. */
export const isThreshold = (triggerName: string): boolean => Object.hasOwn(figures, triggerName);

export function parseConditionOptions(
  name: string,
  given: Arguments,
): { readonly options: ConditionOptions } | { readonly fault: ConditionFault } {
  const forMs = given["for"] === undefined ? 0 : durationMs(given["for"]);
  if (forMs === undefined || forMs > conditionLimits.forMs) return fault("for", "a duration of at most 7 days");
  const across = given["across"] ?? "each";
  const known = acrossWords.find((word) => word === across);
  if (known === undefined) return fault("across", '"each", "all" or "average"');
  if (known === "average" && !isThreshold(name)) return fault("across", '"each" or "all": a check has no mean');
  const { on } = given;
  if (on !== undefined && (typeof on !== "string" || on === "")) return fault("on", "the name of a host");
  if (given["clear"] !== undefined && !isThreshold(name)) return fault("clear", "beside a limit: a check has none");
  return { options: { forMs, across: known, ...(typeof on === "string" ? { on } : {}) } };
}

/** Undefined for a check. */
export function parseThreshold(
  name: string,
  given: Arguments,
): { readonly threshold: Threshold } | { readonly fault: ConditionFault } | undefined {
  const figure = figures[name];
  if (figure === undefined) return undefined;
  const { is, argument } = figure;
  const limit = numberOf(given[argument]);
  const most = argument === "percent" ? 100 : Number.MAX_SAFE_INTEGER;
  if (limit === undefined || limit < 0 || limit > most) {
    return { fault: { option: argument, allowed: argument === "percent" ? "from 0 to 100" : "a rate" } };
  }
  const away = argument === "percent" ? conditionLimits.clearPoints : limit * conditionLimits.clearShare;
  const usual = is === "above" ? Math.max(0, limit - away) : Math.min(most, limit + away);
  const clear = given["clear"] === undefined ? usual : numberOf(given["clear"]);
  const side = is === "above" ? "at most" : "at least";
  if (clear === undefined || (is === "above" ? clear > limit : clear < limit)) {
    return fault("clear", `${side} the limit of ${limit}`);
  }
  return { threshold: { is, limit, clear } };
}

function numberOf(value: CanonicalValue | undefined): number | undefined {
  if (typeof value === "number") return value;
  if (value === undefined || tagOf(value) !== "$float") return undefined;
  const number = Number((value as { readonly $float: string }).$float);
  return Number.isFinite(number) ? number : undefined;
}

function durationMs(value: CanonicalValue): number | undefined {
  if (tagOf(value) !== "$duration") return undefined;
  const { months, seconds } = (value as { $duration: Record<string, CanonicalValue> }).$duration;
  return months === 0 && typeof seconds === "number" && seconds >= 0 ? Math.round(seconds * 1_000) : undefined;
}

function fault(option: ConditionFault["option"], allowed: string): { readonly fault: ConditionFault } {
  return { fault: { option, allowed } };
}
