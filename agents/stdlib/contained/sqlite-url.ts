import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Refused } from "../given.ts";

export interface SqliteLocation {
  /** A `file:` URL, or `:memory:`. */
  readonly location: string;
  readonly readOnly: boolean;
}

const modes = ["ro", "rw", "rwc"];

/**
 * `sqlite:data/a.db` or `sqlite://data/a.db` from the data root on, `sqlite:///var/a.db` from the root on,
 * `sqlite::memory:`; `?mode=ro` only reads, `?mode=rw` does not create the file.
 */
export function parseSqliteUrl(url: string, dataRoot: string): SqliteLocation {
  const [, path = "", , query = ""] = /^sqlite:(?:\/\/)?([^?]*)(\?(.*))?$/is.exec(url) ?? [];
  const mode = modeOf(query);
  if (path === ":memory:") return { location: path, readOnly: false };
  if (path === "") throw new Refused("ValidationError", "'url' names no file: give sqlite:path, or sqlite::memory:");
  const file = pathToFileURL(isAbsolute(path) ? path : resolve(dataRoot, path));
  file.searchParams.set("mode", mode);
  return { location: file.href, readOnly: mode === "ro" };
}

function modeOf(query: string): string {
  const parameters = new URLSearchParams(query);
  const unknown = [...parameters.keys()].find((key) => key !== "mode");
  if (unknown !== undefined)
    throw new Refused("ValidationError", `'${unknown}' is no option of a SQLite URL: it takes mode`);
  const mode = parameters.get("mode") ?? "rwc";
  if (modes.includes(mode)) return mode;
  throw new Refused("ValidationError", `the mode of a SQLite URL is one of ${modes.join(", ")}, got '${mode}'`);
}
