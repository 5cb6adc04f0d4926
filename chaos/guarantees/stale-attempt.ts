/** G3: an agent that slept through its lease changes nothing when it wakes with a result. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Execution } from "@polyglot/contracts/service";
import type { ChaosWorld } from "../chaos-world.ts";
import type { Guarantee } from "../guarantee.ts";
import { Load } from "../load.ts";
import { signal } from "../processes.ts";
import { pause, until } from "../wait.ts";

/** Executions that each pause catches. */
const together = 4;
/** Two leases of 10 s. */
const pauseMs = 20_000;
/** What an agent that woke up has time for: it opens its stream anew and tells all that it has. */
const wakeMs = 3_000;

export const staleChangesNothing: Guarantee = {
  id: "G3",
  title: "a stale attempt changes nothing",
  faults: 15,
  async run(world, random, faults) {
    await world.startSecondAgent();
    const load = new Load(world, "Stale");
    const violations: string[] = [];
    let tried = 0;
    for (let n = 0; n < faults; n += 1) {
      const keys = Array.from({ length: together }, (_, at) => `stale-${n}-${at}`);
      const ids = await Promise.all(keys.map((key) => load.send({ key, inputs: { folder: world.shared, key } })));
      await until("the first attempts", () => has(world, "first", keys));
      await pause(random.integer(0, 200));
      const agentId = await agentOfMost(world, ids);
      const stale = await staleOnes(world, keys, ids, agentId);
      signal(world.agentPid(agentId), "SIGSTOP");
      await pause(pauseMs);
      await until("the other attempts", () => has(world, "second", stale));
      const before = await read(world, ids);
      for (const key of keys) writeFileSync(join(world.shared, `${key}.go`), "");
      await until("late results", () => has(world, "late", stale), 10_000).catch(() => undefined);
      tried += stale.filter((key) => world.journal.of("late", key).length > 0).length;
      signal(world.agentPid(agentId), "SIGCONT");
      await pause(wakeMs);
      await world.connected(2);
      await load.outcomes();
      const after = await read(world, ids);
      violations.push(...changes(keys, stale, before, after));
    }
    return {
      faults,
      load: load.acknowledged.size,
      violations: [...load.violations, ...violations],
      ...(tried < faults && { isVoid: `only ${tried} late results were there in ${faults} pauses` }),
    };
  },
};

function has(world: ChaosWorld, word: string, keys: readonly string[]): boolean {
  const counts = world.journal.counts(word);
  return keys.every((key) => counts.has(key));
}

const read = (world: ChaosWorld, ids: readonly string[]): Promise<readonly Execution[]> =>
  Promise.all(ids.map((executionId) => world.ask((call) => call.getExecution({ executionId }))));

async function agentOfMost(world: ChaosWorld, ids: readonly string[]): Promise<string> {
  const agents = (await read(world, ids)).map((one) => one.agentId);
  const second = agents.filter((id) => id === "second").length;
  return second * 2 > agents.length ? "second" : (agents.find((id) => id !== "second") ?? "second");
}

async function staleOnes(
  world: ChaosWorld,
  keys: readonly string[],
  ids: readonly string[],
  agentId: string,
): Promise<readonly string[]> {
  const executions = await read(world, ids);
  return keys.filter((_, at) => executions[at]?.agentId === agentId);
}

function changes(
  keys: readonly string[],
  stale: readonly string[],
  before: readonly Execution[],
  after: readonly Execution[],
): readonly string[] {
  return keys.flatMap((key, at) => {
    if (!stale.includes(key)) return [];
    const [was, is] = [summary(before[at]), summary(after[at])];
    const second = '"succeeded 2 {"attempt":2} lost,succeeded"';
    if (is !== was && !was.startsWith("running")) return [`${key} was ${was} and is ${is}`];
    return `"${is}"` === second ? [] : [`${key} is ${is}`];
  });
}

const summary = (one: Execution | undefined): string =>
  one === undefined
    ? "not there"
    : `${one.state} ${one.attemptNo} ${JSON.stringify(one.outputs)} ${one.attempts.map((each) => each.outcome).join(",")}`;
