import { entry, type LibraryEntry } from "./entry.ts";

const levels = ["Debug", "Info", "Warning", "Error", "Critical"] as const;

/** Lines in the execution's log. */
export const log: readonly LibraryEntry[] = [
  entry("utility", "U.Log", {
    takes: "message: any | level: Enum, message: any",
    doc: "Writes a line into the execution's log, at a member of #LogLevel or at Info.",
    since: "0.1.0",
  }),
  ...levels.map((level) =>
    entry("utility", `U.Log.${level}`, {
      takes: "message: any",
      doc: `Writes a line into the execution's log, at the level ${level}.`,
      since: "0.1.0",
    }),
  ),
  entry("utility", "U.Console.Print", {
    aliases: ["U.Print"],
    takes: "message: any",
    doc: "Writes a line into the execution's log, as a program prints it.",
    since: "0.1.0",
  }),
  entry("utility", "U.Console.RewriteLine", {
    takes: "text: any",
    doc: "Writes a line of progress into the execution's log. Of those with no other line between them, one a second stays, and the last one.",
    since: "0.1.0",
  }),
  entry("utility", "U.Console.Clear", {
    doc: "Writes a form feed into the execution's log: what follows begins a new page. Earlier lines stay, since a log is a record.",
    since: "0.1.0",
  }),
];
