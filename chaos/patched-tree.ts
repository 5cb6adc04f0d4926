/** A copy of the built programs in a folder of its own, with some of its text changed. */
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Change } from "./seeded-bugs.ts";

export const repository = dirname(
  fileURLToPath(import.meta.resolve("@polyglot/cli/package.json")).replace(/\/package\.json$/, ""),
);

/** Packages that the harness runs; the others' sources do not matter to it. */
const copied = ["package.json", "schemas", "controller", "agents", "cli", "chaos"];

export class PatchedTree implements Disposable {
  readonly folder: string;

  constructor(changes: readonly Change[]) {
    this.folder = mkdtempSync(join(tmpdir(), "polyglot-patched-"));
    // Workers run as another user and read the programs that they are.
    chmodSync(this.folder, 0o755);
    for (const name of copied) cpSync(join(repository, name), join(this.folder, name), { recursive: true });
    this.#linkModules();
    for (const change of changes) this.#apply(change);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Packages of others are linked to; our own are the copies. */
  #linkModules(): void {
    const [from, to] = [join(repository, "node_modules"), join(this.folder, "node_modules")];
    mkdirSync(to);
    for (const name of readdirSync(from)) {
      if (name !== "@polyglot") symlinkSync(join(from, name), join(to, name));
    }
    mkdirSync(join(to, "@polyglot"));
    for (const name of readdirSync(join(from, "@polyglot"))) {
      if (!lstatSync(join(from, "@polyglot", name)).isSymbolicLink()) continue;
      const inside = ["contracts", "service", "compiler"].includes(name) ? `schemas/${name}` : name;
      symlinkSync(join(this.folder, inside), join(to, "@polyglot", name));
    }
  }

  #apply(change: Change): void {
    const path = join(this.folder, change.file);
    writeFileSync(path, changed(readFileSync(path, "utf8"), change));
  }
}

/** Throws where the text to replace is not there exactly once: the bug has to be seeded anew. */
export function changed(text: string, { file, from, to }: Change): string {
  const found = text.split(from).length - 1;
  if (found !== 1) throw new Error(`${file} holds the text of a seeded bug ${found} times, not once: ${from}`);
  return text.replace(from, () => to);
}
