/** What commands that start an execution do with it: say its id, or stay until its end. */
import { Flags } from "@oclif/core";
import type { PolyglotClient } from "../client/api-client.ts";
import { Failure } from "../client/failure.ts";
import type { Format } from "../output/formats.ts";
import { formatFlag } from "./base-command.ts";

export const endFlags = {
  output: formatFlag,
  wait: Flags.boolean({ description: "answer when the execution has ended" }),
  follow: Flags.boolean({ description: "print its log on standard error meanwhile, then as --wait" }),
  timeout: Flags.integer({ description: "seconds to wait for the end", default: 3600, min: 1 }),
};

export interface EndFlags {
  readonly output: Format;
  readonly wait: boolean;
  readonly follow: boolean;
  readonly timeout: number;
}

export interface Channels {
  readonly say: (line: string) => void;
  readonly answer: (text: string) => void;
}

/** The text of the answer. Throws where it waited, and the execution did not succeed. */
export async function answerFor(
  call: PolyglotClient,
  executionId: string,
  flags: EndFlags,
  out: Channels,
): Promise<void> {
  if (flags.follow) await follow(call, executionId, out.say);
  if (!flags.wait && !flags.follow) return out.answer(executionId);
  const { waitExecution } = await import("./wait-execution.ts");
  const { executionDetailView } = await import("../output/views.ts");
  const { formatOne } = await import("../output/format.ts");
  const ended = await waitExecution(call, executionId, performance.now() + flags.timeout * 1000);
  out.answer(formatOne(executionDetailView, ended, flags.output, Date.now()));
  if (ended.state !== "succeeded") throw new Failure("failed", `${executionId} ${ended.state}`);
}

async function follow(call: PolyglotClient, executionId: string, say: (line: string) => void): Promise<void> {
  const { followLogs, formatLogLine } = await import("./follow-logs.ts");
  await followLogs(call, { executionId, follow: true }, (line) => say(formatLogLine(line)));
}
