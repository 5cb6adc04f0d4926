/** Runs a command to its end, or to that of its time, of what it may write, or of the step. */
import type { Readable } from "node:stream";
import { graceOf } from "../../limits/grace.ts";
import { Refused } from "../given.ts";
import { CommandProcess, type CommandStart } from "./command-process.ts";
import type { ContainedContext } from "./contained-function.ts";

export interface Command extends CommandStart {
  readonly timeoutMs: number | undefined;
}

export interface CommandResult {
  /** Bytes that are no UTF-8 are replaced. */
  readonly output: string;
  readonly error: string;
  readonly exitCode: number;
}

/** Between SIGTERM and SIGKILL, where nothing else is said. Milliseconds. */
const defaultGraceMs = 500;

/** What timers can wait for, some 24 days; a longer limit is none. Milliseconds. */
const longestTimeoutMs = 2 ** 31 - 1;

/** Settles only when no process of the command is left. */
export async function runCommand(command: Command, context: ContainedContext): Promise<CommandResult> {
  const { clock, signal, settings } = context;
  const done = new AbortController();
  /** Aborts with the reason why the command is ended. */
  const stop = new AbortController();
  const running = new CommandProcess(command, context.command, clock);
  stop.signal.addEventListener("abort", () => void running.end(graceOf(stop.signal, defaultGraceMs)), { once: true });
  const collect = (stream: Readable, name: string): Buffer[] =>
    collectOutput(stream, settings.limits.maxOutputBytes, (limit) => stop.abort(tooMuch(command, name, limit)));
  const [output, error] = [collect(running.stdout, "output"), collect(running.stderr, "error output")];
  const abort = (): void => stop.abort(signal.reason);
  signal.addEventListener("abort", abort, { signal: done.signal });
  if (signal.aborted) abort();
  try {
    void clock.sleep(command.timeoutMs ?? longestTimeoutMs, done.signal).then(() => stop.abort(tooLong(command)));
    const exitCode = await running.ended;
    stop.signal.throwIfAborted();
    return { output: textOf(output), error: textOf(error), exitCode };
  } finally {
    done.abort();
  }
}

/** Pieces as they come. Told once when there are too many, and nothing is kept from then on. */
function collectOutput(stream: Readable, limit: number, tellTooMuch: (limit: number) => void): Buffer[] {
  const pieces: Buffer[] = [];
  let length = 0;
  stream.on("data", (piece: Buffer) => {
    length += piece.length;
    if (length <= limit) pieces.push(piece);
    else tellTooMuch(limit);
  });
  stream.on("error", () => undefined);
  return pieces;
}

const textOf = (pieces: readonly Buffer[]): string => Buffer.concat(pieces).toString("utf8");

const tooLong = ({ program, timeoutMs = 0 }: Command): Refused =>
  new Refused("TimeoutError", `'${program}' ran longer than its limit of ${timeoutMs / 1000} s and was ended`);

const tooMuch = ({ program }: Command, name: string, limit: number): Refused =>
  new Refused(
    "ResourceError",
    `'${program}' wrote more than ${limit} bytes as its ${name} and was ended; let it write to a file`,
  );
