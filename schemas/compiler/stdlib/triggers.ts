import { entry, type LibraryEntry } from "./entry.ts";

const fileFields = "file_path: string, event: string, size: int, modified_at: datetime, timestamp: datetime";

function fileTrigger(event: "Created" | "Modified" | "Deleted" | "Changed", doc: string): LibraryEntry {
  return entry("event", `T.System.File.${event}`, {
    aliases: [`T.File${event}`],
    takes: "path: string",
    gives: fileFields,
    hasMainValue: true,
    doc,
    since: "0.1.0",
  });
}

export const triggers: readonly LibraryEntry[] = [
  fileTrigger("Created", "A file that the path or glob matches was created, and its size has settled."),
  fileTrigger("Modified", "A file that the path or glob matches was modified, and its size has settled."),
  fileTrigger("Deleted", "A file that the path or glob matches was deleted."),
  fileTrigger("Changed", "A file that the path or glob matches was created, modified or deleted."),
  entry("event", "T.Polyglot.Application.Cli", {
    aliases: ["T.Cli"],
    givesInputs: true,
    doc: "Lists the pipeline among those that a person starts with `polyglot run`.",
    since: "0.1.0",
  }),
  entry("event", "T.Polyglot.Application.Api", {
    aliases: ["T.Api"],
    givesInputs: true,
    doc: "Lists the pipeline among those that a program starts over the API.",
    since: "0.1.0",
  }),
  entry("event", "T.Polyglot.Pipeline.Called", {
    aliases: ["T.Call"],
    givesInputs: true,
    doc: "A call from another pipeline, the command line or the API.",
    since: "0.1.0",
  }),
];
