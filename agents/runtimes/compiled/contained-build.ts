/** The commands of one build, contained as user code is: they run what other people wrote. */
import { once } from "node:events";
import type { Readable } from "node:stream";
import type { Clock } from "@polyglot/service";
import type { ContainedProcess, ProcessEnd } from "../../limits/contained-process.ts";
import type { WorkerLauncher } from "../../limits/worker-launcher.ts";
import type { WorkerUser } from "../../limits/worker-user.ts";
import { describeEnd } from "../../pool/worker.ts";

export const buildLimits = {
  /** Of all commands of one build together. Milliseconds. */
  timeMs: 10 * 60_000,
  /** What is kept of the beginning of the output: compilers say the cause first. Characters. */
  outputCharacters: 16_384,
  graceMs: 500,
} as const;

export type BuildEnd =
  | { readonly kind: "built" }
  /** `output` is what the commands printed. */
  | { readonly kind: "failed"; readonly reason: string; readonly output: string };

/** Stops at the first command that fails. `take` gets the folder that they wrote to, before it is removed. */
export async function buildContained(
  launcher: WorkerLauncher,
  clock: Clock,
  user: WorkerUser,
  commands: readonly (readonly string[])[],
  take: (folder: string) => Promise<void>,
): Promise<BuildEnd> {
  const script = commands.map((command) => command.map(quoted).join(" ")).join("\n");
  const launched = await launcher.launch({
    command: "/bin/sh",
    arguments: ["-e", "-c", script],
    user,
    channels: 0,
  });
  const { process, folder } = launched;
  try {
    const output = new OutputStart();
    const reading = [process.stdout, process.stderr].map((stream) => output.read(stream));
    const timer = new AbortController();
    const late = endLate(process, clock, timer.signal);
    const end = await process.ended;
    timer.abort();
    await Promise.all([...reading, late]);
    if (!isSuccess(end)) return { kind: "failed", reason: describeEnd(end), output: output.text };
    await take(folder);
    return { kind: "built" };
  } finally {
    await launched.cleanUp();
  }
}

const isSuccess = (end: ProcessEnd): boolean => end.kind === "exit" && end.code === 0;

async function endLate(process: ContainedProcess, clock: Clock, ended: AbortSignal): Promise<void> {
  await clock.sleep(buildLimits.timeMs, ended);
  if (!ended.aborted) await process.kill(buildLimits.graceMs);
}

/** One word of a shell's line, whatever is in it. */
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

class OutputStart {
  text = "";

  async read(stream: Readable): Promise<void> {
    stream.setEncoding("utf8");
    stream.on("data", (part: string) => {
      const room = buildLimits.outputCharacters - this.text.length;
      if (room > 0) this.text += part.slice(0, room);
    });
    if (!stream.readableEnded) await once(stream, "close");
  }
}
