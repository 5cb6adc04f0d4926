import { entry, type LibraryEntry } from "./entry.ts";

/** Names that the language itself gives a meaning. */
export const flow: readonly LibraryEntry[] = [
  entry("exit", "Exit", {
    takes: "code?: int",
    doc: "Ends the run with a code from 0; 0 is success. Stands in an [x] line.",
    since: "0.1.0",
  }),
  entry("join", "JoinAll", {
    doc: "Waits for all branches, then raises the first error in the order of the text.",
    since: "0.1.0",
  }),
  entry("join", "JoinFirst", { gives: "value: any", doc: "Waits for the first branch that succeeds.", since: "0.1.0" }),
  entry("join", "JoinLast", { gives: "value: any", doc: "Waits for the last branch that succeeds.", since: "0.1.0" }),
  entry("join", "JoinNth", {
    takes: "n: int",
    gives: "value: any",
    doc: "Waits for the n-th branch that succeeds.",
    since: "0.1.0",
  }),
];
