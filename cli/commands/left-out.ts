import type { FileSet } from "@polyglot/contracts";
import ignore from "ignore";

/** What programs write while they run: part of no commit, whether or not a `.gitignore` says so. */
const alwaysLeftOut = ["*.log", "*.tmp", "*.pid", "*.swp", "*~", ".DS_Store"] as const;

/** Whether a file is one that a commit of the folder would leave out, by its `.gitignore`s. */
export function leftOut(files: FileSet): (path: string) => boolean {
  const base = ignore().add([...alwaysLeftOut]);
  const nested = [...files]
    .filter(([path]) => path === ".gitignore" || path.endsWith("/.gitignore"))
    .map(([path, content]) => ({
      folder: path.slice(0, -".gitignore".length),
      rules: ignore().add(Buffer.from(content).toString("utf8")),
    }));
  return (path) =>
    base.ignores(path) ||
    nested.some(({ folder, rules }) => path.startsWith(folder) && rules.ignores(path.slice(folder.length)));
}
