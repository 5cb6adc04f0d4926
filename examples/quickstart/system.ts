import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const polyglot = join(dirname(fileURLToPath(import.meta.resolve("@polyglot/cli/package.json"))), "polyglot.mjs");

/** Lines of `up` that a message about its end repeats. */
const rememberedLines = 30;

/** `polyglot up` in a folder, and the other commands beside it. */
export class System {
  readonly #folder: string;
  readonly #lastLines: string[] = [];
  #up: ChildProcess | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What `up` has said last. */
  get news(): string {
    return this.#lastLines.join("\n");
  }

  /** Ends when `up` has printed that all of it is ready; throws when it ends before. */
  async start(): Promise<void> {
    const up = spawn(process.execPath, [polyglot, "up", this.#folder], {
      stdio: ["ignore", "pipe", "pipe"],
      // It ends with this process, also when that is killed.
      env: { ...process.env, POLYGLOT_PARENT_PID: String(process.pid) },
      // A group of its own: Ctrl-C reaches the quickstart, which stops it in order.
      detached: true,
    });
    this.#up = up;
    createInterface({ input: up.stderr }).on("line", (line) => this.#remember(line));
    const ready = once(createInterface({ input: up.stdout }), "line");
    const ended = once(up, "exit").then(([code]) => {
      throw new Error(`'polyglot up' ended with code ${String(code)}`);
    });
    await Promise.race([ready, ended]);
  }

  /** The answer of a command; throws with what it said when it fails. */
  async command(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [polyglot, ...args], { cwd: this.#folder });
    return stdout;
  }

  /** Ends when nothing of it is left; answers the exit code. */
  async stop(): Promise<number> {
    const up = this.#up;
    if (up === undefined || up.exitCode !== null || up.signalCode !== null) return up?.exitCode ?? 0;
    const ended = once(up, "exit");
    up.kill("SIGTERM");
    const [code] = (await ended) as [number | null];
    return code ?? 1;
  }

  #remember(line: string): void {
    this.#lastLines.push(line);
    if (this.#lastLines.length > rememberedLines) this.#lastLines.shift();
  }
}
