import type { FileSet } from "@polyglot/contracts";
import type { SourceFile } from "@polyglot/contracts/service";
import { apiError } from "./api-error.ts";

const limits = { files: 20_000, pathCharacters: 1_000 } as const;

/** Files that a caller holds, by their path. */
export function toFileSet(files: readonly SourceFile[]): FileSet {
  if (files.length > limits.files) {
    throw apiError("request/too-large", `at most ${limits.files} files, got ${files.length}`, "files");
  }
  for (const { path } of files) {
    if (!isRelative(path)) throw apiError("request/invalid", `'${path.slice(0, 100)}' is not a relative path`, "files");
  }
  return new Map(files.map((file) => [file.path, file.content]));
}

function isRelative(path: string): boolean {
  const parts = path.split("/");
  return (
    path.length <= limits.pathCharacters &&
    !/[\0\\]/.test(path) &&
    parts.every((part) => part !== "" && part !== "." && part !== "..")
  );
}
