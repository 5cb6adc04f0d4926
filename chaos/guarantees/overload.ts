/** G14, by HTTP: what is too much is refused with a time to come again, and what was taken is kept. */
import { readFileSync } from "node:fs";
import type { ChaosWorld } from "../chaos-world.ts";
import type { Guarantee } from "../guarantee.ts";
import { type HookReply, HookSender } from "../hook-sender.ts";
import { signal } from "../processes.ts";

const path = "/hooks/chaos-flood";
const limits = {
  /** Of each webhook: all of them together are far more than the controller holds at once. */
  bodyBytes: 400_000,
  /** What the controller may take at its highest, with Node.js and V8's heap. */
  controllerBytes: 1_200 * 1024 * 1024,
} as const;

export const overloadIsRefused: Guarantee = {
  id: "G14",
  title: "overload is refused, not absorbed",
  faults: 500,
  async run(world, _random, faults) {
    using sender = new HookSender(world.endpoint, faults);
    const agent = world.agentPid("");
    const body = JSON.stringify({ text: "x".repeat(limits.bodyBytes) });
    // A slow agent: it takes nothing while they come.
    signal(agent, "SIGSTOP");
    let replies: readonly HookReply[];
    try {
      replies = await Promise.all(Array.from({ length: faults }, (_, at) => sender.send(path, `flood-${at}`, body)));
    } finally {
      signal(agent, "SIGCONT");
    }
    const taken = replies.flatMap((reply, at) => (reply.status === 202 ? [{ key: `flood-${at}`, reply }] : []));
    const refused = replies.filter(({ status }) => status === 429);
    const peak = peakBytes(world);
    return {
      faults: replies.length,
      load: taken.length,
      violations: [
        ...(await lost(world, taken)),
        ...replies
          .filter(({ status }) => ![202, 429].includes(status))
          .map(({ status }) => `one was answered with ${status}`),
        ...refused
          .filter(({ retryAfter }) => retryAfter === undefined)
          .map(() => "one was refused without Retry-After"),
        ...(peak > limits.controllerBytes ? [`the controller took ${Math.round(peak / 1024 / 1024)} MiB`] : []),
      ],
      ...(refused.length === 0 && { isVoid: "nothing was refused" }),
      ...(taken.length === 0 && { isVoid: "nothing was taken" }),
    };
  },
};

async function lost(world: ChaosWorld, taken: readonly { readonly key: string; readonly reply: HookReply }[]) {
  const problems: string[] = [];
  for (const { key, reply } of taken) {
    const [id] = reply.executionIds;
    const state =
      id === undefined
        ? "nothing"
        : await world.outcome(id).then(
            (one) => one.state,
            (error: Error) => error.message,
          );
    // An agent that slept too long has lost what it had: that is a dead letter by then, and not gone.
    if (state !== "succeeded" && state !== "dead_lettered") problems.push(`${key} was taken, and is ${state}`);
  }
  return problems;
}

/** The most memory that the controller ever had. */
function peakBytes(world: ChaosWorld): number {
  const status = readFileSync(`/proc/${world.controllerPid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
