/**
 * Writes what the documentation and `polyglot explain` take from the compiler: the pages of the standard library and of
 * the findings, and a wrong program for each finding from the conformance cases. Run by `npm run generate`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { diagnosticsPage } from "./diagnostics-page.ts";
import { libraryPage } from "./library-page.ts";
import { programsModule, readWrongPrograms } from "./wrong-programs.ts";

const root = join(import.meta.dirname, "..");
const programs = readWrongPrograms(join(root, "schemas/compiler/conformance/cases"));

write("docs/language/library.md", libraryPage());
write("docs/language/diagnostics.md", diagnosticsPage(programs));
write("cli/commands/explain/gen/programs.ts", programsModule(programs));

function write(path: string, lines: readonly string[]): void {
  mkdirSync(join(root, dirname(path)), { recursive: true });
  writeFileSync(join(root, path), `${lines.join("\n")}\n`);
}
