/** `U.Sleep` and `U.Time.` */
import type { LibraryEntry } from "./entry.ts";
import { done } from "./utility.ts";

const tokens =
  "`format` is written in Luxon's tokens (`yyyy-MM-dd HH:mm:ss`, `'text'`, in English), exact to the millisecond; without one it is ISO 8601. `timezone` is a name like `Europe/Berlin`, else UTC.";

export const time: readonly LibraryEntry[] = [
  done("Sleep", "Waits; a duration without months.", { takes: "for: duration" }),
  done("Time.Now", "The time of the agent's clock, to the millisecond.", { gives: "time: datetime" }),
  done("Time.Format", `A time as text. ${tokens}`, {
    takes: "time: datetime, format?: string, timezone?: string",
    gives: "text: string",
  }),
  done("Time.Parse", `A text as time; an offset in the text counts before \`timezone\`. ${tokens}`, {
    takes: "text: string, format?: string, timezone?: string",
    gives: "time: datetime",
  }),
  done("Time.Add", "A time and a duration; where a month has no such day, its last one.", {
    takes: "time: datetime, duration: duration",
    gives: "time: datetime",
  }),
  done("Time.Diff", "The duration from one time to another, in seconds.", {
    takes: "from: datetime, to: datetime",
    gives: "duration: duration",
  }),
];
