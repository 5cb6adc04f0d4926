/**
 * Writes what the documentation and `polyglot explain` take from the compiler: the pages of the kinds, of the standard
 * library and of the findings, and a wrong program for each finding from the conformance cases. Run by `npm run generate`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { diagnosticsPage } from "./diagnostics-page.ts";
import { kindsPage } from "./kinds-page.ts";
import { programsModule, readFindingPrograms } from "./finding-programs.ts";
import { libraryPage } from "./library-page.ts";

const root = join(import.meta.dirname, "..");
const programs = readFindingPrograms();

write("docs/kinds.md", kindsPage());
write("docs/language/library.md", libraryPage());
write("docs/language/diagnostics.md", diagnosticsPage(programs));
write("cli/commands/explain/gen/programs.ts", programsModule(programs));

function write(path: string, lines: readonly string[]): void {
  mkdirSync(join(root, dirname(path)), { recursive: true });
  writeFileSync(join(root, path), `${lines.join("\n")}\n`);
}
