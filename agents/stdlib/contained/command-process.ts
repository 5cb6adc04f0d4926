/**
 * One program and all that it starts.
 *
 *     running ──its first process ends──> clearing ──no process of it is left──> ended
 *        └── end(): SIGTERM, grace, SIGKILL ──┘
 *
 * Its processes form a group and carry a mark in their environment; what has left the group is found by the mark. So
 * when a command has ended nothing of it runs on, also what it put into the background.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import type { Clock } from "@polyglot/service";
import { endMarked } from "../../limits/end-marked.ts";
import { sendSignal } from "../../limits/send-signal.ts";
import { Refused } from "../given.ts";
import { problemOfSystem } from "./system-problem.ts";

export interface CommandStart {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly input: string;
}

/** The variable by which a command's processes are found. */
export const commandVariable = "POLYGLOT_COMMAND";

/** How long streams may stay open that nobody is left to write to. Milliseconds. */
const closeMs = 500;

export class CommandProcess {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Its exit code, 128 and the signal's number where a signal ended it. Rejects where it could not be started. */
  readonly ended: Promise<number>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #mark: string;
  readonly #clock: Clock;

  /** `name`: what it is known by. */
  constructor(start: CommandStart, name: string, clock: Clock) {
    this.#clock = clock;
    this.#mark = `${commandVariable}=${name}`;
    this.#child = spawn(start.program, start.arguments, {
      cwd: start.folder,
      env: { ...start.environment, [commandVariable]: name },
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
    this.stdout = this.#child.stdout;
    this.stderr = this.#child.stderr;
    // A program need not read what it is given.
    this.#child.stdin.on("error", () => undefined);
    this.#child.stdin.end(start.input);
    this.ended = this.#watchEnd(start);
  }

  /** Asks it to end, and kills it when it has not within the grace period. `ended` tells when it is over. */
  async end(withinMs: number): Promise<void> {
    if (withinMs > 0) this.#signalGroup("SIGTERM");
    const over = new AbortController();
    const left = this.#clock.sleep(withinMs, over.signal);
    await Promise.race([this.ended.catch(() => undefined), left]);
    over.abort();
    this.#signalGroup("SIGKILL");
  }

  #signalGroup(signal: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null) sendSignal(-pid, signal);
  }

  async #watchEnd({ program, folder }: CommandStart): Promise<number> {
    const closed = new Promise((resolve) => {
      this.#child.once("close", resolve);
    });
    try {
      const [code, signal] = (await once(this.#child, "exit")) as [number | null, NodeJS.Signals | null];
      await endMarked(this.#mark, this.#clock);
      await this.#closeStreams(closed);
      return signal === null ? (code ?? 0) : 128 + constants.signals[signal];
    } catch (error) {
      throw startProblem(error, program, folder);
    }
  }

  async #closeStreams(closed: Promise<unknown>): Promise<void> {
    const done = new AbortController();
    await Promise.race([closed, this.#clock.sleep(closeMs, done.signal)]);
    done.abort();
    this.stdout.destroy();
    this.stderr.destroy();
  }
}

function startProblem(error: unknown, program: string, folder: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") {
    return new Refused("DependencyError", `the program '${program}' was not found, seen from '${folder}'`);
  }
  if (code === "E2BIG")
    return new Refused("ResourceError", `'${program}' was given more arguments than the system takes`);
  return problemOfSystem(error, program) ?? error;
}
