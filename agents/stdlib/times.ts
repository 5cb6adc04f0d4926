/** `|U.Sleep` and `|U.Time.` */
import { define, type Given } from "./given.ts";
import { addMonths, instantOf, nanosecondsOf, nanosecondsOfSeconds } from "./instant.ts";
import type { LibraryFunction } from "./library-function.ts";

/** Timers of JavaScript hold 31 bits of milliseconds: 24 days. */
const maxSleepMs = 2 ** 31 - 1;

async function sleep(given: Given): Promise<undefined> {
  const seconds = given.seconds("for");
  const { clock, signal } = given.context;
  let left = seconds * 1000;
  for (; left > 0 && !signal.aborted; left -= maxSleepMs) await clock.sleep(Math.min(left, maxSleepMs), signal);
}

function add(given: Given) {
  const { months, seconds } = given.duration("duration");
  const later = addMonths(nanosecondsOf(given.datetime("time")), months) + nanosecondsOfSeconds(seconds);
  return { $datetime: instantOf(later) };
}

function difference(given: Given) {
  const nanoseconds = nanosecondsOf(given.datetime("to")) - nanosecondsOf(given.datetime("from"));
  return { $duration: { months: 0, seconds: Number(nanoseconds) / 1e9 } };
}

export const times: Readonly<Record<string, LibraryFunction>> = {
  "U.Sleep": define("for", sleep),
  "U.Time.Now": define("", ({ context }) => ({
    $datetime: instantOf(BigInt(Math.round(context.clock.now())) * 1_000_000n),
  })),
  "U.Time.Add": define("time, duration", add),
  "U.Time.Diff": define("from, to", difference),
};
