/** G1: what was acknowledged has exactly one execution with an outcome, whatever is killed. */
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Execution } from "@polyglot/contracts/service";
import type { ChaosWorld } from "../chaos-world.ts";
import { killAround } from "../faults.ts";
import type { Guarantee } from "../guarantee.ts";
import { Load } from "../load.ts";
import { until } from "../wait.ts";

/** Activations at each tick of 100 ms: 9 by the API and a file, 100 a second. */
const eventsPerTick = 9;

export const acknowledgedIsKept: Guarantee = {
  id: "G1",
  title: "nothing acknowledged is lost",
  faults: 50,
  async run(world, random, faults) {
    const load = new Load(world, "Kept");
    const files: string[] = [];
    let sent = 0;
    const next = () => {
      files.push(dropFile(world, files.length));
      return Array.from({ length: eventsPerTick }, () => {
        sent += 1;
        return { key: `kept-${sent}`, inputs: { folder: world.shared, key: `kept-${sent}` } };
      });
    };
    const sending = load.run(next);
    const hits = await killAround(world, random, faults, ["agent", "controller", "postgres"]).finally(() =>
      load.stop(),
    );
    await sending;
    const outcomes = await load.outcomes();
    const ofFiles = await fileOutcomes(world, files);
    const counts = world.journal.counts("count");
    const violations = [
      ...load.violations,
      ...[...outcomes].flatMap(([key, one]) => doneProblems(key, one, counts)),
      ...doubles(await world.executions("Kept"), load.acknowledged),
      ...fileProblems(files, ofFiles, counts, await buriedFiles(world)),
    ];
    const enough = hits * 30;
    return {
      faults: hits,
      load: outcomes.size + files.length,
      violations,
      ...(outcomes.size < enough && { isVoid: `${outcomes.size} activations for ${hits} kills, ${enough} are needed` }),
    };
  },
};

function dropFile(world: ChaosWorld, n: number): string {
  const name = `file-${n}.txt`;
  writeFileSync(join(world.shared, "inbox", name), `${n}`);
  return name;
}

/** Executions by the file that each is about, once there are as many as files and all have ended. */
async function fileOutcomes(world: ChaosWorld, files: readonly string[]): Promise<readonly Execution[]> {
  let all: readonly Execution[] = [];
  const haveAllEnded = async () => {
    all = await world.executions("KeptFile");
    return all.length >= files.length && all.every((one) => one.state !== "waiting" && one.state !== "running");
  };
  // What is missing in the end is a violation with a name, not a wait that failed.
  await until("an execution of each file", haveAllEnded).catch(() => undefined);
  return all;
}

/** Names of files whose attempts were all lost to kills before user code began. */
async function buriedFiles(world: ChaosWorld): Promise<ReadonlySet<string>> {
  const { deadLetters } = await world.ask((call) => call.listDeadLetters({ limit: 1_000, filter: { settled: true } }));
  const paths = deadLetters.map((one) => one.inputs?.["file_path"]);
  return new Set(paths.filter((path) => typeof path === "string").map((path) => basename(path)));
}

function doneProblems(key: string, execution: Execution, counts: ReadonlyMap<string, number>): readonly string[] {
  const ran = counts.get(key) ?? 0;
  if (execution.state === "succeeded") return ran > 0 ? [] : [`${key} succeeded without having run`];
  const isLost = execution.state === "dead_lettered" && execution.attempts.every((one) => one.outcome !== "succeeded");
  return isLost ? [] : [`${key} is ${execution.state}`];
}

function doubles(all: readonly Execution[], acknowledged: ReadonlyMap<string, string>): readonly string[] {
  const known = new Set(acknowledged.values());
  const problems = known.size === acknowledged.size ? [] : ["two keys share an execution"];
  const extra = all.filter((one) => !known.has(one.executionId));
  return [...problems, ...extra.map((one) => `${one.executionId} runs a second time for its key`)];
}

function fileProblems(
  files: readonly string[],
  executions: readonly Execution[],
  counts: ReadonlyMap<string, number>,
  buried: ReadonlySet<string>,
): readonly string[] {
  const lost = files.filter((name) => !counts.has(name) && !buried.has(name)).map((name) => `${name} was never run`);
  const open = executions.filter((one) => one.state === "waiting" || one.state === "running");
  const surplus = executions.length - files.length;
  return [
    ...lost,
    ...open.map((one) => `${one.executionId} of a file is still ${one.state}`),
    ...(surplus === 0 ? [] : [`${executions.length} executions for ${files.length} files`]),
  ];
}
