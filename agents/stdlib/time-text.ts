/** `|U.Time.Format` and `.Parse`. Formats are Luxon's tokens; without one it is ISO 8601. */
import type { CanonicalValue } from "@polyglot/contracts";
import { DateTime, IANAZone } from "luxon";
import { define, type Given, Refused } from "./given.ts";
import { instantOf, nanosecondsOf } from "./instant.ts";
import type { LibraryFunction } from "./library-function.ts";

const maxFormatLength = 200;
/** Of a text that is read as a time. */
const maxTextLength = 200;

const nanosPerMs = 1_000_000n;

/** With a format, what is below a millisecond is cut off; without one nothing is. */
function format(given: Given): string {
  const time = given.datetime("time");
  const zone = zoneOf(given);
  const nanoseconds = nanosecondsOf(time);
  const local = DateTime.fromMillis(Number(floorMs(nanoseconds)), { zone, locale: "en-US" });
  const tokens = formatOf(given);
  if (tokens !== undefined) return local.toFormat(tokens);
  if (!given.has("timezone")) return time;
  const fraction = /\.\d+/.exec(time)?.[0] ?? "";
  return `${local.toFormat("yyyy-MM-dd'T'HH:mm:ss")}${fraction}${local.offset === 0 ? "Z" : local.toFormat("ZZ")}`;
}

function floorMs(nanoseconds: bigint): bigint {
  return (nanoseconds - (((nanoseconds % nanosPerMs) + nanosPerMs) % nanosPerMs)) / nanosPerMs;
}

/** A text that names its own offset keeps it; any other is of the time zone that is given, or of UTC. */
function parse(given: Given): CanonicalValue {
  const text = given.text("text");
  if (text.length > maxTextLength) {
    throw new Refused("ValidationError", `'text' has ${text.length} characters; a time has at most ${maxTextLength}`);
  }
  const tokens = formatOf(given);
  const options = { zone: zoneOf(given), locale: "en-US" };
  const found = tokens === undefined ? DateTime.fromISO(text, options) : DateTime.fromFormat(text, tokens, options);
  if (!found.isValid) throw notATime(text, tokens, found.invalidExplanation ?? "it is not of that form");
  const finer = tokens === undefined ? below(text) : 0n;
  return { $datetime: instantOf(BigInt(found.toMillis()) * nanosPerMs + finer) };
}

/** Nanoseconds below the millisecond of a time in ISO 8601: Luxon cuts them off. */
function below(text: string): bigint {
  const digits = /[T ]\d{2}:?\d{2}:?\d{2}[.,]\d{3}(\d+)/.exec(text)?.[1] ?? "";
  return BigInt(digits.padEnd(6, "0").slice(0, 6));
}

function notATime(text: string, tokens: string | undefined, why: string): Refused {
  const wanted = tokens === undefined ? "in ISO 8601" : `of the format '${tokens}'`;
  return new Refused("ConversionError", `${JSON.stringify(text.slice(0, 50))} is no time ${wanted}: ${why}`);
}

function formatOf(given: Given): string | undefined {
  if (!given.has("format") || given.any("format") === null) return undefined;
  const tokens = given.text("format");
  if (tokens !== "" && tokens.length <= maxFormatLength) return tokens;
  throw new Refused("ValidationError", `'format' has 1 to ${maxFormatLength} characters, got ${tokens.length}`);
}

/** Names of the IANA database alone: `+02:00` would forget about summer. */
function zoneOf(given: Given): string {
  const zone = given.has("timezone") ? given.text("timezone") : "UTC";
  if (zone === "UTC" || IANAZone.isValidZone(zone)) return zone;
  const shown = JSON.stringify(zone.slice(0, 50));
  throw new Refused("ValidationError", `'timezone' is a name of the IANA database like "Europe/Berlin", got ${shown}`);
}

export const timeText: Readonly<Record<string, LibraryFunction>> = {
  "U.Time.Format": define("time, format, timezone", format),
  "U.Time.Parse": define("text, format, timezone", parse),
};
