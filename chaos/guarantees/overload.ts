/** G14, by HTTP: what is too much is refused with a time to come again, and what was taken is kept. */
import { readFileSync } from "node:fs";
import type { ChaosWorld } from "../chaos-world.ts";
import type { Guarantee } from "../guarantee.ts";
import { type HookReply, HookSender } from "../hook-sender.ts";
import { signal } from "../processes.ts";

const floods = [
  /** All of them together are far more than the controller holds at once. */
  { path: "/hooks/chaos-flood", key: "flood", bodyBytes: 400_000 },
  /** Small ones, far more than their queue holds. */
  { path: "/hooks/chaos-narrow", key: "narrow", bodyBytes: 100 },
] as const;
const limits = {
  /** Of the large ones; all others are small. */
  largeOnes: 1_000,
  /** Bytes at once of which the controller cannot take all: three times what it reads at any time. */
  tooManyBytes: 192 * 1024 * 1024,
  /** What the controller may take at its highest, with Node.js and V8's heap. */
  controllerBytes: 1_200 * 1024 * 1024,
} as const;

interface Answered {
  readonly key: string;
  readonly reply: HookReply;
}

export const overloadIsRefused: Guarantee = {
  id: "G14",
  title: "overload is refused, not absorbed",
  faults: 500,
  async run(world, _random, faults) {
    const large = Math.min(Math.ceil(faults / 2), limits.largeOnes);
    const agent = world.agentPid("");
    const all: Answered[] = [];
    // A slow agent: it takes nothing while they come.
    signal(agent, "SIGSTOP");
    try {
      for (const [at, count] of [large, faults - large].entries()) all.push(...(await send(world, floods[at], count)));
    } finally {
      signal(agent, "SIGCONT");
    }
    const taken = all.filter(({ reply }) => reply.status === 202);
    const peak = peakBytes(world);
    return {
      faults: all.length,
      load: taken.length,
      violations: [
        ...(await lost(world, taken)),
        ...all.flatMap(wrongAnswers),
        ...absorbed(all),
        ...(peak > limits.controllerBytes ? [`the controller took ${Math.round(peak / 1024 / 1024)} MiB`] : []),
      ],
      ...voidOf(all),
    };
  },
};

/** All at once. */
async function send(world: ChaosWorld, flood: (typeof floods)[number] | undefined, count: number): Promise<Answered[]> {
  if (flood === undefined) return [];
  using sender = new HookSender(world.endpoint, count);
  const body = Buffer.from(JSON.stringify({ text: "x".repeat(flood.bodyBytes) }));
  const keys = Array.from({ length: count }, (_, at) => `${flood.key}-${at}`);
  return await Promise.all(keys.map(async (key) => ({ key, reply: await sender.send(flood.path, key, body) })));
}

function wrongAnswers({ key, reply: { status, retryAfter } }: Answered): string[] {
  if (status !== 202 && status !== 429) return [`${key} was answered with ${status}`];
  return status === 429 && retryAfter === undefined ? [`${key} was refused without Retry-After`] : [];
}

function absorbed(all: readonly Answered[]): string[] {
  const [{ key, bodyBytes }] = floods;
  const own = all.filter((one) => one.key.startsWith(`${key}-`));
  if (own.length * bodyBytes < limits.tooManyBytes || own.some(({ reply }) => reply.status === 429)) return [];
  return [`${own.length} bodies of ${bodyBytes} bytes came at once, and none was refused`];
}

/** Each flood has to have had both answers. */
function voidOf(all: readonly Answered[]): { readonly isVoid?: string } {
  for (const { key } of floods) {
    const own = all.filter((one) => one.key.startsWith(`${key}-`)).map(({ reply }) => reply.status);
    if (!own.includes(429)) return { isVoid: `nothing of ${key} was refused` };
    if (!own.includes(202)) return { isVoid: `nothing of ${key} was taken` };
  }
  return {};
}

/** What was taken has run, though the agent may have slept through its lease. */
async function lost(world: ChaosWorld, taken: readonly Answered[]): Promise<string[]> {
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
    if (state !== "succeeded") problems.push(`${key} was taken, and is ${state}`);
  }
  return problems;
}

/** The most memory that the controller ever had. */
function peakBytes(world: ChaosWorld): number {
  const status = readFileSync(`/proc/${world.controllerPid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
