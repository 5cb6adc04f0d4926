/** A shell session for tests: commands run as a person runs them, and what they answer is compared as text. */
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

const polyglot = join(import.meta.dirname, "..", "polyglot.mjs");

/** A folder of the test's own with these files, gone after it. */
export function createFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "polyglot-session-")));
  onTestFinished(() => removeFolder(folder));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** An agent keeps the code that it runs in folders that nobody may write. */
function removeFolder(folder: string): void {
  allowWriting(folder);
  rmSync(folder, { recursive: true, force: true });
}

function allowWriting(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) allowWriting(join(folder, entry.name));
  }
}

export interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Nothing of the person's own that runs the tests: no contexts, no controller, no colours. */
export function polyglotCommand(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Answer> {
  const clean = { PATH: process.env["PATH"], HOME: folder, NO_COLOR: "1", ...env };
  return new Promise((resolve) => {
    execFile(process.execPath, [polyglot, ...args], { cwd: folder, env: clean }, (error, stdout, stderr) =>
      resolve({ stdout, stderr, code: typeof error?.code === "number" ? error.code : error === null ? 0 : 1 }),
    );
  });
}

/** `$ polyglot …`, what it printed, what it said (each line behind `! `), and its exit code when that is not 0. */
export async function session(folder: string, ...commands: readonly string[]): Promise<string> {
  const shown: string[] = [];
  for (const command of commands) {
    const { stdout, stderr, code } = await polyglotCommand(folder, command.split(" "));
    shown.push(`$ polyglot ${command}`, ...lines(stdout), ...lines(stderr).map((line) => `! ${line}`));
    if (code !== 0) shown.push(`(${code})`);
  }
  return shown.join("\n");
}

const lines = (text: string): string[] => (text.trim() === "" ? [] : text.trimEnd().split("\n"));
