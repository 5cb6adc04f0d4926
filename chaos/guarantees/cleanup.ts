/** G9: cleanup starts whenever setup began, and ends `done` or visibly `abandoned`. */
import type { Attempt, Execution } from "@polyglot/contracts/service";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { ChaosWorld } from "../chaos-world.ts";
import type { Guarantee } from "../guarantee.ts";
import type { Entry } from "../journal.ts";
import { Load } from "../load.ts";
import { signal } from "../processes.ts";
import type { Random } from "../random.ts";
import { pause } from "../wait.ts";

/** Milliseconds after which the controller counts a silent host as lost, with room. */
const silentMs = 11_000;

/** How a run ends. The first three are the program's own way; the others come from outside while it runs. */
const ways = ["success", "error", "exit", "cancel", "kill", "agent", "host"] as const;
type Way = (typeof ways)[number];

interface Run {
  readonly key: string;
  readonly way: Way;
  readonly executionId: string;
}

export const cleanupIsOwed: Guarantee = {
  id: "G9",
  title: "cleanup is done or visibly abandoned",
  faults: 50,
  async run(world, random, faults) {
    const load = new Load(world, "Cleaned");
    const runs: Run[] = [];
    for (let n = 0; n < faults; n += 1) {
      await world.whole();
      runs.push(await endOne(world, random, load, `cleaned-${n}`, ways[n % ways.length] ?? "success"));
    }
    const outcomes = await load.outcomes();
    const entries = world.journal.entries();
    const violations = runs.flatMap(({ key, way }) => {
      const execution = outcomes.get(key);
      const own = entries.filter((entry) => entry.key === key);
      return execution === undefined ? [] : problemsOf(execution, own).map((problem) => `${key} (${way}) ${problem}`);
    });
    const setups = runs.filter(({ key }) => entries.some((entry) => entry.word === "setup" && entry.key === key));
    return {
      faults: runs.length,
      load: outcomes.size,
      violations: [...load.violations, ...violations],
      ...(setups.length < runs.length / 2 && { isVoid: `only ${setups.length} setups began in ${runs.length} runs` }),
    };
  },
};

async function endOne(world: ChaosWorld, random: Random, load: Load, key: string, way: Way): Promise<Run> {
  const byItself = way === "success" || way === "error" || way === "exit";
  const inputs = { folder: world.shared, key, how: byItself ? way : "success", hold_ms: byItself ? 5 : 400 };
  const executionId = await load.send({ key, inputs });
  if (byItself) await world.outcome(executionId);
  else {
    await pause(random.integer(0, 300));
    await strike(world, random, way, executionId);
  }
  return { key, way, executionId };
}

async function strike(world: ChaosWorld, random: Random, way: Way, executionId: string): Promise<void> {
  if (way === "cancel" || way === "kill") {
    await world.ask((call) => call.cancelExecution({ executionId, kill: way === "kill" }));
    return;
  }
  if (way === "host") {
    signal(world.agentPid(""), "SIGSTOP");
    await pause(silentMs);
  }
  world.kill("agent", random);
}

/** Store and journal read one clock, and the store's answers are cut to whole milliseconds. A retry may come within one. */
const cutMs = 1;

function problemsOf({ attempts }: Execution, entries: readonly Entry[]): readonly string[] {
  return attempts.flatMap((attempt, at) => {
    const own = entries.filter((entry) => isWithin(entry, attempt, attempts[at + 1]));
    const problem = problemOf(attempt, count(own, "setup"), count(own, "cleanup"));
    return problem === undefined ? [] : [`attempt ${attempt.attemptNo} (${attempt.outcome}) ${problem}`];
  });
}

const count = (entries: readonly Entry[], word: string): number =>
  entries.filter((entry) => entry.word === word).length;

function isWithin({ atMs }: Entry, attempt: Attempt, next: Attempt | undefined): boolean {
  const from = attempt.claimedAt === undefined ? 0 : timestampMs(attempt.claimedAt);
  const to = next?.claimedAt === undefined ? Number.POSITIVE_INFINITY : timestampMs(next.claimedAt);
  return atMs >= from && atMs < to + cutMs;
}

function problemOf({ outcome, cleanup }: Attempt, setups: number, cleanups: number): string | undefined {
  if (setups > 0 && cleanup === "none") return "began its setup and says that no cleanup was owed";
  if (cleanup === "done" && cleanups === 0) return "says that its cleanup is done, and it never began";
  if (setups > 0 && outcome !== "lost" && cleanups === 0)
    return `began its setup and no cleanup, and says '${cleanup}'`;
  if (outcome === "lost" && cleanup !== "abandoned") return `says '${cleanup}' of its cleanup, which nobody knows`;
  return undefined;
}
