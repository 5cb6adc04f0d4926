/** Amounts as a person reads them. */
import type { Timestamp } from "@bufbuild/protobuf/wkt";

export function formatDuration(ms: number): string {
  if (ms < 1000) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${Math.floor(seconds % 60)}s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h${minutes % 60}m` : `${Math.floor(hours / 24)}d`;
}

export function formatBytes(bytes: bigint): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let amount = Number(bytes);
  let unit = 0;
  for (; amount >= 1024 && unit < units.length - 1; unit++) amount /= 1024;
  return `${amount >= 10 || unit === 0 ? Math.round(amount) : amount.toFixed(1)} ${units[unit] ?? ""}`;
}

export const toMs = (time: Timestamp): number => Number(time.seconds) * 1000 + time.nanos / 1e6;

/** Time since; empty where it has not happened. */
export function formatAge(time: Timestamp | undefined, nowMs: number): string {
  return time === undefined ? "" : formatDuration(Math.max(0, nowMs - toMs(time)));
}

/** From the start to the end, or until now while it lasts. */
export function formatSpan(from: Timestamp | undefined, to: Timestamp | undefined, nowMs: number): string {
  if (from === undefined) return "";
  return formatDuration(Math.max(0, (to === undefined ? nowMs : toMs(to)) - toMs(from)));
}

/** The beginning of a git revision or a digest that is enough to tell it from others. */
export const shorten = (id: string): string => id.replace(/^sha256:/, "").slice(0, 10);
