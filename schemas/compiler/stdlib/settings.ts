import { entry, type LibraryEntry } from "./entry.ts";

export const settings: readonly LibraryEntry[] = [
  entry("setting", "Q.ToQueue", {
    takes: "queue: Enum",
    doc: "The queue in which executions wait: a member of #Queue.",
    since: "0.1.0",
  }),
  entry("setting", "Q.Priority", {
    takes: "priority: int",
    doc: "Executions of higher priority go first in a queue of type Priority.",
    since: "0.1.0",
  }),
  entry("setting", "Q.Retry.MaxAttempts", {
    aliases: ["Q.MaxAttempts"],
    takes: "attempts: int",
    doc: "How often an execution is attempted before it is dead-lettered; 1 is no retry.",
    since: "0.1.0",
  }),
  entry("setting", "Q.Retry.Strategy", {
    aliases: ["Q.RetryStrategy"],
    takes: "strategy: Enum",
    doc: "How the wait between two attempts grows: a member of #RetryStrategy.",
    since: "0.1.0",
  }),
  entry("setting", "Q.Kill.Timeout.Execution", {
    aliases: ["Q.Kill.ExecutionTimeout", "Q.Kill.ExecTimeout"],
    takes: "timeout: duration",
    doc: "An execution that runs longer is killed.",
    since: "0.1.0",
  }),
];
