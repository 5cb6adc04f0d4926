/** How a call ended, in the words of the seam: from the pool's reply, or before there was one. */
import { describeEnd } from "../pool/worker.ts";
import type { PoolReply } from "../pool/pool-call.ts";
import { readAnswer } from "./answer.ts";
import type { Language } from "./language.ts";
import type { CallCost, NativeCall, NativeOutcome, RaisedError } from "./native-call.ts";
import { polyglotError } from "./polyglot-error.ts";
import type { AttemptMemory } from "./shared-memory.ts";

/** `durationMs` counts where the worker itself can no longer say how long it took. */
export function outcomeOf(
  reply: PoolReply,
  call: NativeCall,
  language: Language,
  { durationMs, memory }: { readonly durationMs: number; readonly memory: AttemptMemory | undefined },
): NativeOutcome {
  switch (reply.kind) {
    case "value":
    case "error":
      return readAnswer(reply.body, call, language, memory);
    case "stopped":
      return { kind: "stopped", cost: { ...noCost(), durationMs } };
    case "died":
      return failed(crash(call, language, reply), { ...noCost(), durationMs });
    case "unstartable":
      return failed(polyglotError("RuntimeError", `no ${language.title} process could be started: ${reply.reason}`));
  }
}

export const noCost = (): CallCost => ({ cpuTimeMs: 0, memoryPeakMb: 0, durationMs: 0, conversionMs: 0 });

export const failed = (error: RaisedError, cost: CallCost = noCost()): NativeOutcome => ({
  kind: "error",
  error,
  cost,
});

/** A crash of native code is an error of that language. */
function crash(call: NativeCall, language: Language, reply: Extract<PoolReply, { kind: "died" }>): RaisedError {
  const { path, function: functionName } = call.target;
  if (reply.end.kind === "limit") {
    const { error, message } = reply.end;
    return polyglotError(error, `the ${language.title} process that ran ${path} ${functionName} was ended: ${message}`);
  }
  const lineage = language.crashLineage(reply.end);
  return {
    type: `${language.lang}\\!${lineage[0] ?? ""}`,
    lineage,
    message: `the ${language.title} process that ran ${path} ${functionName} is gone: ${describeEnd(reply.end)}`,
    trace: reply.lastOutput,
  };
}
