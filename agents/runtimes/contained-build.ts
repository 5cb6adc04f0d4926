/** The commands of one build, contained as user code is: they run what other people wrote. */
import { once } from "node:events";
import type { Readable } from "node:stream";
import type { Clock } from "@polyglot/service";
import type { ContainedProcess, ProcessEnd } from "../limits/contained-process.ts";
import type { WorkerLauncher } from "../limits/worker-launcher.ts";
import type { WorkerUser } from "../limits/worker-user.ts";
import { describeEnd } from "../pool/worker.ts";
import { sizeOnDisk } from "./read-only-folder.ts";

export const buildLimits = {
  /** Of all commands of one build together. Milliseconds. */
  timeMs: 10 * 60_000,
  /** What is kept of the output. Characters. */
  outputCharacters: 16_384,
  graceMs: 500,
  /** How often the disk that a build takes is measured, where it is limited. Milliseconds. */
  sizeCheckMs: 2_000,
} as const;

export interface ContainedCommands {
  readonly user: WorkerUser;
  /** One after the other; the first that fails ends the build. */
  readonly commands: readonly (readonly string[])[];
  /** In the folder that they work in, before they start. */
  readonly files?: ReadonlyMap<string, Uint8Array>;
  readonly variables?: Readonly<Record<string, string>>;
  /** Compilers say the cause first, package clients last. */
  readonly keep?: "start" | "end";
  /** Hears each whole line that they print. */
  readonly onLine?: (line: string) => void;
  readonly timeMs?: number;
  /** Of all that they leave in their folder. Bytes; without it the host's disk is the limit. */
  readonly diskBytes?: number;
  /** Abort: end the build. */
  readonly signal?: AbortSignal;
}

/** `output` is what the commands printed. */
export type BuildEnd =
  | { readonly kind: "built"; readonly output: string }
  | { readonly kind: "failed"; readonly reason: string; readonly output: string };

/** `take` gets the folder that they wrote to, before it is removed, when no process of theirs is left. */
export async function buildContained(
  launcher: WorkerLauncher,
  clock: Clock,
  build: ContainedCommands,
  take: (folder: string) => Promise<void> = async () => undefined,
): Promise<BuildEnd> {
  const { user, files, variables } = build;
  const script = build.commands.map((command) => command.map(quoted).join(" ")).join("\n");
  const launched = await launcher.launch({
    command: "/bin/sh",
    arguments: ["-e", "-c", script],
    user,
    channels: 0,
    ...(files && { files }),
    ...(variables && { variables }),
  });
  const { process, folder } = launched;
  try {
    const output = new KeptOutput(build.keep ?? "start", build.onLine);
    const reading = [process.stdout, process.stderr].map((stream) => output.read(stream));
    const watch = new BuildWatch(process, clock, folder, build);
    const end = await process.ended;
    await Promise.all([...reading, watch.stop()]);
    // What a build says while it is being ended is not why.
    if (watch.endedBecause !== undefined) return { kind: "failed", reason: watch.endedBecause, output: "" };
    if (!isSuccess(end)) {
      // Where they worked says nothing to anyone.
      return { kind: "failed", reason: describeEnd(end), output: output.text.replaceAll(`${folder}/`, "") };
    }
    await take(folder);
    return { kind: "built", output: output.text };
  } finally {
    await launched.cleanUp();
  }
}

const isSuccess = (end: ProcessEnd): boolean => end.kind === "exit" && end.code === 0;

/** Ends a build that takes more time or disk than it may. */
class BuildWatch {
  /** Why it was ended. */
  endedBecause: string | undefined;
  readonly #ended = new AbortController();
  readonly #watching: Promise<unknown>;

  constructor(
    process: ContainedProcess,
    clock: Clock,
    folder: string,
    { timeMs, diskBytes, signal }: ContainedCommands,
  ) {
    const late = this.#endLate(process, clock, timeMs ?? buildLimits.timeMs);
    const large = diskBytes === undefined ? undefined : this.#endLarge(process, clock, folder, diskBytes);
    const stopped = signal === undefined ? undefined : this.#endStopped(process, signal);
    this.#watching = Promise.all([late, large, stopped]);
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    await this.#watching;
  }

  async #endStopped(process: ContainedProcess, signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.#ended.signal]);
    if (!either.aborted) await once(either, "abort");
    if (signal.aborted) await this.#end(process, "it was stopped");
  }

  async #endLate(process: ContainedProcess, clock: Clock, timeMs: number): Promise<void> {
    await clock.sleep(timeMs, this.#ended.signal);
    await this.#end(process, `it took longer than ${timeMs / 60_000} minutes`);
  }

  async #endLarge(process: ContainedProcess, clock: Clock, folder: string, maxBytes: number): Promise<void> {
    while (!this.#ended.signal.aborted) {
      await clock.sleep(buildLimits.sizeCheckMs, this.#ended.signal);
      // Files come and go while it runs; one that is gone takes no room.
      const bytes = await sizeOnDisk(folder).catch(() => 0);
      if (bytes > maxBytes)
        return this.#end(process, `it takes more than ${Math.floor(maxBytes / 1024 ** 2)} MB of disk`);
    }
  }

  async #end(process: ContainedProcess, reason: string): Promise<void> {
    if (this.#ended.signal.aborted) return;
    this.endedBecause ??= reason;
    await process.kill(buildLimits.graceMs);
  }
}

/** One word of a shell's line, whatever is in it. */
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

class KeptOutput {
  text = "";
  readonly #keep: "start" | "end";
  readonly #onLine: ((line: string) => void) | undefined;

  constructor(keep: "start" | "end", onLine: ((line: string) => void) | undefined) {
    this.#keep = keep;
    this.#onLine = onLine;
  }

  async read(stream: Readable): Promise<void> {
    stream.setEncoding("utf8");
    let open = "";
    stream.on("data", (part: string) => {
      const text = this.text + part;
      const { outputCharacters } = buildLimits;
      this.text = this.#keep === "start" ? text.slice(0, outputCharacters) : text.slice(-outputCharacters);
      if (this.#onLine === undefined) return;
      const lines = (open + part).split("\n");
      open = (lines.pop() ?? "").slice(-outputCharacters);
      for (const line of lines) this.#onLine(line);
    });
    if (!stream.readableEnded) await once(stream, "close");
  }
}
