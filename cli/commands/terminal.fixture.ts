/** A command on a terminal of its own, as a person sees it and types into it. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { onTestFailed, onTestFinished } from "vitest";

const polyglot = join(import.meta.dirname, "..", "polyglot.mjs");

/** Python, which steps need anyway, brings the terminal. */
const onTerminal = `
import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(["sh", "-c", 'stty cols 120 rows 40; exec "$@"', "sh", *sys.argv[1:]])))
`;

export const keys = { enter: "\r", down: "\u001b[B", interrupt: "\u0003" } as const;

export class OnTerminal {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<unknown>;
  readonly #waiters = new Set<() => void>();
  #shown = "";
  /** Up to where it has been read. */
  #seen = 0;

  constructor(folder: string, args: readonly string[]) {
    const env = { PATH: process.env["PATH"], HOME: folder, NO_COLOR: "1", TERM: "xterm" };
    this.#process = spawn("python3", ["-c", onTerminal, process.execPath, polyglot, ...args], { cwd: folder, env });
    this.#ended = once(this.#process, "close").finally(() => this.#wake());
    this.#process.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#shown += stripVTControlCharacters(text);
      this.#wake();
    });
    onTestFailed(() => console.error(`the terminal showed:\n${this.#shown}`));
    onTestFinished(() => {
      this.#process.kill("SIGKILL");
    });
  }

  type(...texts: readonly string[]): void {
    for (const text of texts) this.#process.stdin.write(text);
  }

  /** Ends when the text is shown, after what was waited for before. */
  async shows(text: string): Promise<void> {
    for (;;) {
      const at = this.#shown.indexOf(text, this.#seen);
      if (at >= 0) {
        this.#seen = at + text.length;
        return;
      }
      if (this.#process.exitCode !== null) throw new Error(`it ended without '${text}':\n${this.#shown}`);
      await new Promise<void>((resolve) => this.#waiters.add(resolve));
    }
  }

  /** What it showed last, and its exit code. */
  async end(): Promise<{ readonly shown: string; readonly code: number | null }> {
    await this.#ended;
    return { shown: this.#shown.slice(this.#seen), code: this.#process.exitCode };
  }

  #wake(): void {
    for (const waiter of this.#waiters) waiter();
    this.#waiters.clear();
  }
}
