import { type Given, Refused } from "../given.ts";

/** Timers hold 31 bits of milliseconds: 24 days. */
const maxMs = 2 ** 31 - 1;

/** A limit of time that a call names. */
export function millisecondsIn(given: Pick<Given, "duration">, name: string): number {
  const { months, seconds } = given.duration(name);
  const ms = seconds * 1000;
  if (months === 0 && ms > 0 && ms <= maxMs) return Math.ceil(ms);
  throw new Refused(
    "ValidationError",
    `'${name}' is a duration above 0 and of at most 24 days, without months or years`,
  );
}
