/** G8: a dead letter keeps all that is needed to understand and requeue it, and is requeued once. */
import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "@bufbuild/protobuf";
import type { DeadLetter, Execution } from "@polyglot/contracts/service";
import type { ChaosWorld, Target } from "../chaos-world.ts";
import type { Guarantee } from "../guarantee.ts";
import { Load } from "../load.ts";
import type { Random } from "../random.ts";
import { pause, until } from "../wait.ts";

/** Executions that fail together before a kill. */
const together = 4;
const attempts = 2;
const targets: readonly [Target, ...Target[]] = ["agent", "controller", "postgres"];

interface Doomed {
  readonly key: string;
  readonly inputs: JsonObject;
}

interface Letter {
  readonly execution: Execution;
  readonly letter: DeadLetter | undefined;
}

export const deadLetterKeepsAll: Guarantee = {
  id: "G8",
  title: "a dead letter keeps everything",
  faults: 25,
  async run(world, random, faults) {
    const load = new Load(world, "Doomed");
    const sent: Doomed[] = [];
    for (let kill = 0; kill < faults; kill += 1) {
      await world.whole();
      sent.push(...(await failTogether(world, random, load, kill)));
      await pause(random.integer(0, 20));
      world.kill(random.pick(targets), random);
    }
    await world.whole();
    const outcomes = await load.outcomes();
    const requeued = await requeueTwice(world, random, [...outcomes.values()]);
    const letters = await readLetters(world);
    const pipeline = await pinnedTo(world);
    const violations = sent.flatMap((one) => {
      const execution = outcomes.get(one.key);
      if (execution === undefined) return [];
      const first = { execution, letter: letters.get(execution.executionId) };
      return [
        ...problemsOf(one, first, pipeline, { of: one.key }),
        ...requeueProblems(one, execution, requeued.get(execution.executionId) ?? [], letters, pipeline),
      ].map((problem) => `${one.key} ${problem}`);
    });
    const all = await world.executions("Doomed");
    const expected = outcomes.size * 2;
    const extra = all.length === expected ? [] : [`${all.length} executions where ${expected} were asked for`];
    const lost = [...outcomes.values()].filter((one) => one.attempts.some((attempt) => attempt.outcome === "lost"));
    return {
      faults,
      load: all.length,
      violations: [...load.violations, ...violations, ...extra],
      ...(faults >= 10 && lost.length === 0 && { isVoid: "no kill came before a dead letter" }),
    };
  },
};

/** Ends when all of them have failed for the last time, or have ended otherwise. */
async function failTogether(world: ChaosWorld, random: Random, load: Load, round: number): Promise<readonly Doomed[]> {
  const doomed = Array.from({ length: together }, (_, n) => {
    const key = `doomed-${round}-${n}`;
    return { key, inputs: { folder: world.shared, key, payload: payload(random, 3) } };
  });
  const ids = await Promise.all(doomed.map((one) => load.send(one)));
  await until("the last failure", async () => {
    const failures = world.journal.counts("failing");
    if (doomed.every(({ key }) => (failures.get(key) ?? 0) >= attempts)) return true;
    const states = await Promise.all(ids.map((executionId) => world.ask((call) => call.getExecution({ executionId }))));
    return states.every((one) => one.state === "dead_lettered");
  });
  return doomed;
}

/** Values of every shape that inputs have. */
function payload(random: Random, depth: number): JsonObject {
  const text = () => `é${random.integer(0, 1e9).toString(36)}"\\\n`;
  return {
    [text()]: random.integer(-1e9, 1e9),
    text: text(),
    list: [null, random.chance(0.5), random.next(), []],
    ...(depth > 0 && { nested: payload(random, depth - 1) }),
  };
}

/** Twice at once with one key, sometimes while the controller dies. Answers what each call said. */
async function requeueTwice(
  world: ChaosWorld,
  random: Random,
  executions: readonly Execution[],
): Promise<ReadonlyMap<string, readonly Execution[]>> {
  const requeued = new Map<string, readonly Execution[]>();
  for (const [at, { executionId }] of executions.entries()) {
    const once = () =>
      world.ask((call) => call.replayExecution({ executionId, retry: true, idempotencyKey: `again-${executionId}` }));
    const both = Promise.all([once(), once()]);
    if (at % 10 === 0) world.kill(random.pick(["controller", "postgres"]), random);
    const answers = await both;
    requeued.set(executionId, await Promise.all(answers.map((one) => world.outcome(one.executionId))));
  }
  return requeued;
}

async function readLetters(world: ChaosWorld): Promise<ReadonlyMap<string, DeadLetter>> {
  const { deadLetters } = await world.ask((call) => call.listDeadLetters({ limit: 1_000, filter: { settled: true } }));
  return new Map(deadLetters.map((one) => [one.executionId, one]));
}

interface Pinned {
  readonly planDigest: string;
  readonly revision: string;
}

async function pinnedTo(world: ChaosWorld): Promise<Pinned> {
  const { pipelines } = await world.ask((call) => call.listPipelines({}));
  const found = pipelines.find((one) => one.pipelineId === world.pipelineId("Doomed"));
  if (found === undefined) throw new Error("the pipeline is not registered any more");
  return found;
}

function requeueProblems(
  one: Doomed,
  original: Execution,
  answers: readonly Execution[],
  letters: ReadonlyMap<string, DeadLetter>,
  pipeline: Pinned,
): readonly string[] {
  const [first, ...others] = answers;
  if (first === undefined) return ["was not requeued"];
  const doubled = others.some((other) => other.executionId !== first.executionId);
  const again = { execution: first, letter: letters.get(first.executionId) };
  const problems = problemsOf(one, again, pipeline, { replay_of: original.executionId });
  return [...(doubled ? ["was requeued twice"] : []), ...problems.map((problem) => `requeued: ${problem}`)];
}

function problemsOf(one: Doomed, found: Letter, pipeline: Pinned, context: JsonObject): readonly string[] {
  const { execution, letter } = found;
  if (letter === undefined) return [`is ${execution.state} and has no dead letter`];
  const ended = execution.attempts;
  const wasLost = ended.at(-1)?.outcome === "lost";
  const kept = letter.triggerContext ?? {};
  const checks: readonly (readonly [boolean, string])[] = [
    [execution.state === "dead_lettered", `is ${execution.state}`],
    [isDeepStrictEqual(letter.inputs, one.inputs), "lost its inputs"],
    [Object.entries(context).every(([name, value]) => kept[name] === value), "lost its trigger context"],
    [letter.planDigest !== "" && letter.planDigest === pipeline.planDigest, "lost its plan's digest"],
    [execution.revision === pipeline.revision, "lost its revision"],
    [letter.queue !== "" && letter.at !== undefined, "lost its queue or its time"],
    [letter.reason === (wasLost ? "outcome_unknown" : "attempts_used_up"), `says '${letter.reason}'`],
    [letter.error?.message !== undefined && letter.error.message !== "", "lost its error"],
    [letter.attempts === attempts && ended.length === attempts, `shows ${ended.length} of ${letter.attempts} attempts`],
    [ended.every((attempt) => (attempt.error?.message ?? "") !== ""), "lost the error of an attempt"],
    [
      ended.every((attempt) => attempt.outcome !== "failed" || attempt.error?.message.includes(one.key) === true),
      "has another's error",
    ],
  ];
  return checks.filter(([holds]) => !holds).map(([, problem]) => problem);
}
