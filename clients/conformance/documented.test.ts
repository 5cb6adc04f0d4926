/** The programs of docs/clients.md run as they stand, and print what stands below them. */
import { execFile } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ClientsSystem, startSystem } from "./system.fixture.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/clients.md"), "utf8");

interface Program {
  readonly language: string;
  readonly text: string;
  readonly prints: string;
}

const programs: readonly Program[] = [...page.matchAll(/^```(python|ts)\n(.*?)^```\n\n```text\n(.*?)^```$/gms)].map(
  ([, language = "", text = "", prints = ""]) => ({ language, text, prints }),
);

let system: ClientsSystem;

beforeAll(async () => {
  system = await startSystem();
  copyFileSync(join(root, "clients/python/polyglot.py"), join(system.folder, "polyglot.py"));
  copyFileSync(join(root, "clients/typescript/polyglot.ts"), join(system.folder, "polyglot.ts"));
  writeFileSync(join(system.folder, "package.json"), '{ "type": "module" }\n');
});

afterAll(() => system.stop());

test("every program of the page is followed by what it prints", () => {
  expect(programs).toHaveLength([...page.matchAll(/^```(?:python|ts)$/gm)].length);
  expect(programs.length).toBeGreaterThan(3);
});

test.each(programs)("a program in $language prints what the page says", async ({ language, text, prints }) => {
  const file = join(system.folder, `program.${language === "ts" ? "ts" : "py"}`);
  writeFileSync(file, text);
  const command = language === "ts" ? process.execPath : "python3";
  const { stdout } = await promisify(execFile)(command, [file], { cwd: system.folder });
  expect(stdout).toBe(prints);
});
