/** G10: an execution over a limit is killed soon, and nothing that it has started is left, whatever it does against that. */
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Execution } from "@polyglot/contracts/service";
import type { ChaosWorld } from "../chaos-world.ts";
import type { Guarantee } from "../guarantee.ts";
import { Load } from "../load.ts";
import { carrying } from "../processes.ts";
import type { Random } from "../random.ts";
import { besideBystanders } from "./bystanders.ts";

/** From the crossing of a limit to the outcome, which comes when the last process is gone: 250 and 500. Milliseconds. */
const barMs = 750;
const timeoutMs = 1_000;

interface Way {
  readonly pipeline: "OverTime" | "OverMemory" | "OverCpu" | "Command";
  readonly how: string;
  readonly error: string;
}

const overTime = { pipeline: "OverTime", error: "pg\\!TimeoutError" } as const;
const ways: readonly Way[] = [
  ...["tree", "forks", "zombies", "output"].map((how) => ({ ...overTime, how })),
  { pipeline: "OverMemory", how: "memory", error: "pg\\!OOMError" },
  { pipeline: "OverCpu", how: "cpu", error: "pg\\!CpuThrottleError" },
  { pipeline: "Command", how: "command", error: overTime.error },
];

const commandLine = "trap '' TERM; setsid sleep 600 & (setsid sh -c 'trap \"\" TERM; sleep 600' &) ; yes >/dev/null";

interface Killed {
  readonly key: string;
  readonly problems: readonly string[];
  /** Undefined where the limit is a mean over time. */
  readonly tookMs?: number;
}

export const killBites: Guarantee = {
  id: "G10",
  title: "kill conditions bite",
  faults: 50,
  pipelines: "user-code",
  async run(world, random, faults) {
    const { harms, violations, ...rest } = await besideBystanders(world, Math.min(100, faults), () =>
      killAll(world, random, faults),
    );
    const times = harms.flatMap(({ tookMs }) => tookMs ?? []).toSorted((x, y) => x - y);
    const at = (share: number) => Math.round(times[Math.ceil(share * times.length) - 1] ?? 0);
    return {
      faults: harms.length,
      ...rest,
      violations: [
        ...violations,
        ...harms.flatMap(({ key, problems }) => problems.map((problem) => `${key} ${problem}`)),
        ...(at(0.99) > barMs ? [`p99: ${at(0.99)} ms from a limit to the end of the last process`] : []),
      ],
      figures: [`from a limit to the end of the last process: p50 ${at(0.5)}, p99 ${at(0.99)} ms of ${times.length}`],
    };
  },
};

/** One after the other: each way has its turn before one comes again. */
async function killAll(world: ChaosWorld, random: Random, count: number): Promise<readonly Killed[]> {
  const killed: Killed[] = [];
  let next: Way[] = [];
  while (killed.length < count) {
    if (next.length === 0) next = random.shuffle(ways);
    const way = next.pop();
    if (way !== undefined) killed.push(await killOne(world, random, way, `killed-${killed.length}`));
  }
  return killed;
}

async function killOne(world: ChaosWorld, random: Random, way: Way, name: string): Promise<Killed> {
  const { pipeline, how, error } = way;
  const key = `${name}-${how}-${random.integer(0, 1_000_000)}`;
  const inputs =
    pipeline === "Command" ? { line: commandLine, env: { CHAOS_KEY: key } } : { folder: world.shared, key, how };
  const execution = await world.outcome(await new Load(world, pipeline).send({ key, inputs }));
  const attempt = execution.attempts.at(-1);
  const entries = world.journal.entries().filter((entry) => entry.key === key);
  const worker = entries.find(({ word }) => word.startsWith("worker="))?.word.slice("worker=".length);
  const left = carrying(pipeline === "Command" ? `CHAOS_KEY=${key}` : `POLYGLOT_WORKER=${worker ?? ""}`);
  const problems = [
    ...(execution.state === "killed" ? [] : [`is ${execution.state}`]),
    ...(attempt?.error?.type === error ? [] : [`has the error '${attempt?.error?.type ?? "none"}', not ${error}`]),
    ...(left.length === 0 ? [] : [`left ${left.length} processes behind`]),
    ...(pipeline === "Command" || worker !== undefined ? [] : ["did not begin"]),
  ];
  const tookMs = tookOf(execution, way, entries.find(({ word }) => word === "crossed")?.atMs);
  return { key, problems, ...(tookMs !== undefined && { tookMs }) };
}

function tookOf({ attempts }: Execution, { pipeline }: Way, crossedAt: number | undefined): number | undefined {
  const { startedAt, endedAt } = attempts.at(-1) ?? {};
  if (endedAt === undefined || startedAt === undefined) return undefined;
  if (pipeline === "OverTime" || pipeline === "Command")
    return timestampMs(endedAt) - timestampMs(startedAt) - timeoutMs;
  return pipeline === "OverMemory" && crossedAt !== undefined ? timestampMs(endedAt) - crossedAt : undefined;
}
