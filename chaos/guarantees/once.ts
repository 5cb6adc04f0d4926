/** G2: an event is one activation, however often it is sent, and whatever became of the replies. */
import type { Execution } from "@polyglot/contracts/service";
import type { Guarantee } from "../guarantee.ts";
import { type HookReply, HookSender } from "../hook-sender.ts";
import { until } from "../wait.ts";

const path = "/hooks/chaos-once";
const limits = {
  /** Sends of one event at once. */
  sends: 5,
  /** Events at once. */
  events: 40,
  /** A reply that is cut off is so within this time: before, in and after the commit. */
  cutMs: 120,
} as const;

interface Sent {
  readonly key: string;
  readonly replies: readonly HookReply[];
}

export const eventIsOnce: Guarantee = {
  id: "G2",
  title: "an event is activated once",
  faults: 5_000,
  async run(world, random, faults) {
    using sender = new HookSender(world.endpoint, limits.events * limits.sends);
    const all: Sent[] = [];
    // Three sends of each event on average.
    const rounds = Math.ceil(faults / (((limits.sends + 1) / 2) * limits.events));
    for (let round = 0; round < rounds; round += 1) {
      const together = Array.from({ length: limits.events }, async (_, at) => {
        const key = `once-${round * limits.events + at}`;
        const cuts = Array.from({ length: random.integer(1, limits.sends) }, () =>
          random.integer(0, 2) === 0 ? random.integer(0, limits.cutMs) : undefined,
        );
        const body = JSON.stringify({ key });
        return { key, replies: await Promise.all(cuts.map((cutMs) => sender.send(path, key, body, cutMs))) };
      });
      all.push(...(await Promise.all(together)));
    }
    const sends = all.reduce((sum, { replies }) => sum + replies.length, 0);
    // Whoever had no reply sends again, as every sender does.
    const settled: Sent[] = [];
    for (const { key, replies } of all) {
      settled.push({ key, replies: await sendAgain(sender, key, replies) });
    }
    let executions: readonly Execution[] = [];
    await until("an execution of each event", async () => {
      executions = await world.executions("HookedOnce");
      return executions.length >= settled.length;
    }).catch(() => undefined);
    const cut = all.flatMap(({ replies }) => replies).filter(({ status }) => status === 0).length;
    return {
      faults: sends,
      load: executions.length,
      violations: [...settled.flatMap(problemsOf), ...doubles(executions, settled)],
      ...(cut < sends / 20 && { isVoid: `only ${cut} of ${sends} replies were cut off` }),
    };
  },
};

/** Until it is acknowledged, or there is an answer that no sender would send again for. */
async function sendAgain(sender: HookSender, key: string, replies: readonly HookReply[]): Promise<HookReply[]> {
  const more = [...replies];
  await until(`an acknowledgement of ${key}`, async () => {
    if (more.some(isAcknowledged) || more.some(isOdd)) return true;
    more.push(await sender.send(path, key, JSON.stringify({ key })));
    return false;
  });
  return more;
}

const isOdd = ({ status }: HookReply): boolean => ![202, 0, 429, 503].includes(status);

const isAcknowledged = ({ status }: HookReply): boolean => status === 202;

function problemsOf({ key, replies }: Sent): string[] {
  const ids = new Set(replies.filter(isAcknowledged).flatMap((one) => one.executionIds));
  const odd = replies.filter(isOdd);
  return [
    ...(ids.size === 1 ? [] : [`${key} was acknowledged as ${[...ids].join(", ")}`]),
    ...odd.map(({ status }) => `${key} was answered with ${status}`),
  ];
}

function doubles(executions: readonly Execution[], sent: readonly Sent[]): string[] {
  const counts = new Map<unknown, number>();
  for (const one of executions) {
    const key = one.triggerContext?.["delivery_id"];
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return sent.flatMap(({ key }) => {
    const count = counts.get(key) ?? 0;
    return count === 1 ? [] : [`${key} has ${count} executions`];
  });
}
