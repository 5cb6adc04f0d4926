/** G7: each time of a schedule activates once, over restarts and kills, on days when clocks change, over clocks that jump. */
import { dueTimes, parseSchedule, type Schedule, timesBetween } from "@polyglot/contracts/schedule";
import type { Execution } from "@polyglot/contracts/service";
import type { ChaosWorld } from "../chaos-world.ts";
import { killAround } from "../faults.ts";
import type { Guarantee } from "../guarantee.ts";
import type { Random } from "../random.ts";
import { until } from "../wait.ts";

/** Real times, a second apart, for each kill. */
const timesPerFault = 10;
/** Simulated times of a round: a twentieth of the bar. */
const simulatedTimes = 5_000;
const hourMs = 3_600_000;

const ticks = (trigger: string) => `[@] io.chaos>Ticks
[X]

[|] Tick
[i] Default scheduled_at: pg\\any << None
[t] ${trigger}
[r] |U.Log.Info << "tick"
[x]
`;

export const schedulesAreKept: Guarantee = {
  id: "G7",
  title: "schedules are neither missed nor doubled",
  faults: 5,
  async run(world, random, faults) {
    const simulated = simulate(random);
    await apply(world, '|T.Cron << "* * * * * *" << catch_up: "all"');
    const hits = await killAround(world, random, faults, ["controller", "postgres", "agent"]);
    let all: readonly Execution[] = [];
    const wanted = faults * timesPerFault;
    const haveEnough = async () => (all = await world.executions("io.chaos>Ticks#Tick")).length >= wanted;
    // What is missing in the end has a name, and is no wait that failed.
    await until("enough times", haveEnough).catch(() => undefined);
    await apply(world, "|T.Call");
    all = await world.executions("io.chaos>Ticks#Tick");
    return {
      faults: hits,
      load: all.length,
      violations: [...simulated, ...gapsAndDoubles(all.map(scheduledAt))],
      ...(all.length < wanted && { isVoid: `${all.length} times came, ${wanted} are needed` }),
    };
  },
};

async function apply(world: ChaosWorld, trigger: string): Promise<void> {
  const files = [{ path: "ticks.pg", content: Buffer.from(ticks(trigger)) }];
  const { diagnostics } = await world.ask((call) => call.apply({ files }));
  const error = diagnostics.find((one) => one.severity === "error");
  if (error !== undefined) throw new Error(error.message);
}

function scheduledAt({ triggerContext }: Execution): number {
  const time = triggerContext?.["scheduled_at"];
  const text = typeof time === "object" && time !== null && "$datetime" in time ? time["$datetime"] : "";
  return Date.parse(typeof text === "string" ? text : "");
}

/** From the first to the last that came, each second once. */
function gapsAndDoubles(times: readonly number[]): string[] {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted.slice(1).flatMap((time, index) => {
    const step = (time - (sorted[index] ?? 0)) / 1_000;
    if (step === 1) return [];
    return [`${new Date(time).toISOString()} came ${step === 0 ? "twice" : `${step} s after the one before`}`];
  });
}

const zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo"] as const;
const expressions = ["*/20 * * * *", "30 2 * * *", "15 0,1,2,3 * * *", "0 12 29 2 *", "7 */3 * * *"] as const;

/** What is told over restarts and jumps of the clock, against the times that there are. */
function simulate(random: Random): string[] {
  const problems: string[] = [];
  for (let count = 0; count < simulatedTimes; ) {
    const given = { expression: random.pick(expressions), timezone: random.pick(zones), catch_up: "all" };
    const parsed = parseSchedule("T.Schedule.Cron", given);
    if (parsed === undefined || "fault" in parsed) throw new Error(`no schedule: ${JSON.stringify(given)}`);
    const sinceMs = Date.UTC(2024, random.integer(0, 11), random.integer(1, 28), random.integer(0, 23), 0, 30);
    const { told, untilMs } = live(parsed.value, sinceMs, random);
    const expected = timesBetween(parsed.value, sinceMs + 1, untilMs, sinceMs, simulatedTimes);
    if (told.join() !== expected.join()) {
      problems.push(`${given.expression} in ${given.timezone}: ${told.length} told, ${expected.length} were due`);
    }
    // One of them may have nothing due in its days.
    count += Math.max(1, expected.length);
  }
  return problems;
}

/** Some ten days of looks at the clock, which is off for hours at times and jumps back at others. */
function live(schedule: Schedule, sinceMs: number, random: Random): { told: readonly number[]; untilMs: number } {
  const told: number[] = [];
  let nowMs = sinceMs;
  let untilMs = sinceMs;
  let latestMs = sinceMs;
  while (latestMs < sinceMs + 240 * hourMs) {
    nowMs += random.chance(0.1) ? random.integer(-2 * hourMs, 9 * hourMs) : random.integer(1, hourMs);
    latestMs = Math.max(latestMs, nowMs);
    const due = dueTimes(schedule, { key: "k", sinceMs, untilMs }, nowMs);
    told.push(...due.times.map(({ atMs }) => atMs));
    untilMs = due.toldUntilMs;
  }
  const { times, toldUntilMs } = dueTimes(schedule, { key: "k", sinceMs, untilMs }, latestMs);
  return { told: [...told, ...times.map(({ atMs }) => atMs)], untilMs: Math.max(toldUntilMs, latestMs) };
}
