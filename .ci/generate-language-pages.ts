/**
 * Writes what the documentation and `polyglot explain` take from the compiler: the pages of the kinds, of the standard
 * library and of the findings. Run by `npm run generate`.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { findingPages } from "./finding-pages.ts";
import { kindsPage } from "./kinds-page.ts";
import { libraryPage } from "./library-page.ts";

const root = join(import.meta.dirname, "..");

rmSync(join(root, "docs/language/findings"), { recursive: true, force: true });
write("docs/kinds.md", kindsPage());
write("docs/language/library.md", libraryPage());
for (const [path, lines] of findingPages()) write(path, lines);

function write(path: string, lines: readonly string[]): void {
  mkdirSync(join(root, dirname(path)), { recursive: true });
  writeFileSync(join(root, path), `${lines.join("\n")}\n`);
}
