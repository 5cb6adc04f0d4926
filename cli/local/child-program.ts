import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export interface ChildProgramOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Lines of standard error. */
  readonly onLog?: (line: string) => void;
  /** Lines of standard output. */
  readonly onOutput?: (line: string) => void;
}

/** Lines of the log that an error message about an early end repeats. */
const rememberedLines = 20;

/** A child process with a log that is read by line, an end that is awaited, and a stop that waits for it. */
export class ChildProgram {
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #lastLines: string[] = [];
  readonly #waiters = new Set<(line: string) => void>();
  #hasEnded = false;

  constructor(command: readonly string[], options: ChildProgramOptions = {}) {
    const [file = "", ...args] = command;
    this.#child = spawn(file, args, {
      stdio: ["pipe", "pipe", "pipe"],
      ...(options.env && { env: { ...options.env } }),
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      // A group of its own: Ctrl-C in the terminal reaches the parent only, which stops its children in order.
      detached: true,
    });
    this.#read(this.#child.stderr, options.onLog);
    this.#read(this.#child.stdout, options.onOutput);
    this.ended = this.#watchEnd(file);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isRunning(): boolean {
    return !this.#hasEnded;
  }

  /** The first line of either stream that matches; rejects, with the last lines, when the program ends before it. */
  async line(matches: (line: string) => boolean): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const waiter = (line: string) => {
      if (matches(line)) resolve(line);
    };
    this.#waiters.add(waiter);
    try {
      return await Promise.race([promise, this.ended.then((how) => Promise.reject(this.#early(how)))]);
    } finally {
      this.#waiters.delete(waiter);
    }
  }

  /** Sends the signal, and SIGKILL to the whole group when the program is still there after `graceMs`. */
  async stop(signal: "SIGTERM" | "SIGINT", graceMs = 15_000): Promise<void> {
    if (this.#hasEnded) return;
    this.#child.kill(signal);
    const timer = setTimeout(() => this.#killGroup(), graceMs);
    await this.ended;
    clearTimeout(timer);
  }

  #killGroup(): void {
    const pid = this.#child.pid;
    try {
      if (pid !== undefined) process.kill(-pid, "SIGKILL");
    } catch {
      // The group is gone, which is what was wanted.
    }
  }

  #read(stream: Readable | null, onLine: ((line: string) => void) | undefined): void {
    if (stream === null) return;
    createInterface({ input: stream }).on("line", (line) => {
      this.#lastLines.push(line);
      if (this.#lastLines.length > rememberedLines) this.#lastLines.shift();
      onLine?.(line);
      for (const waiter of this.#waiters) waiter(line);
    });
  }

  #watchEnd(file: string): Promise<string> {
    return new Promise((resolve) => {
      const end = (how: string) => {
        this.#hasEnded = true;
        resolve(how);
      };
      this.#child.once("error", (error) => end(`could not be started (${file}): ${error.message}`));
      // "close", not "exit": by then the last lines have been read.
      this.#child.once("close", (code, signal) =>
        end(signal === null ? `ended with code ${code}` : `ended by ${signal}`),
      );
    });
  }

  /** Lines of JSON are a log for programs; what they say to people has been told by then. */
  #early(how: string): Error {
    return new Error([how, ...this.#lastLines.filter((line) => !line.startsWith("{"))].join("\n  "));
  }
}
