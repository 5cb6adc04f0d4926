/** A running `polyglot up` for tests. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { processStart } from "../local/process-start.ts";

const polyglot = join(import.meta.dirname, "..", "polyglot.mjs");

export class RunningUp {
  readonly process: ChildProcess;
  readonly news: string[] = [];
  readonly #waiters = new Set<() => void>();

  private constructor(args: readonly string[]) {
    this.process = spawn(process.execPath, [polyglot, "up", ...args], { stdio: ["ignore", "pipe", "pipe"] });
    if (this.process.stderr !== null) {
      createInterface({ input: this.process.stderr }).on("line", (line) => {
        this.news.push(line);
        this.#wake();
      });
    }
    this.process.once("exit", () => this.#wake());
    onTestFinished(() => this.stop().then(() => undefined));
  }

  static spawn(...args: readonly string[]): RunningUp {
    return new RunningUp(args);
  }

  /** Ends when all of it is ready; rejects with what it said when it ends before. */
  static async start(folder: string): Promise<RunningUp> {
    const up = RunningUp.spawn(folder);
    await up.said(/^ready;/);
    return up;
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** The first line that matches, said before or from now on, after `from` lines. */
  async said(pattern: RegExp, from = 0): Promise<string> {
    for (;;) {
      const found = this.news.slice(from).find((line) => pattern.test(line));
      if (found !== undefined) return found;
      if (this.process.exitCode !== null || this.process.signalCode !== null)
        throw new Error(`up ended:\n${this.news.join("\n")}`);
      await new Promise<void>((resolve) => this.#waiters.add(resolve));
    }
  }

  /** Numbers of PostgreSQL, controller and agent, and of all that they started. */
  descendants(): number[] {
    return descendantsOf(this.pid);
  }

  /** The child that runs a program, by a word of its command line. */
  child(word: string): number {
    const rows = execFileSync("ps", ["-axo", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
    const row = rows.find((line) => line.includes(word) && line.trim().split(/\s+/)[1] === String(this.pid));
    if (row === undefined) throw new Error(`up has no child with '${word}'`);
    return Number.parseInt(row, 10);
  }

  async stop(): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = once(this.process, "exit");
      this.process.kill("SIGTERM");
      await ended;
    }
    return this.process.exitCode;
  }

  #wake(): void {
    for (const waiter of this.#waiters) waiter();
    this.#waiters.clear();
  }
}

export function descendantsOf(pid: number): number[] {
  const rows = execFileSync("ps", ["-axo", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    rows.filter(([, ppid]) => ppid === parent).flatMap(([child = 0]) => [child, ...below(child)]);
  return below(pid);
}

/** Ends when none of the processes is left. */
export async function gone(pids: readonly number[]): Promise<void> {
  while (pids.some((pid) => processStart(pid) !== undefined)) await sleep(20);
}
