import { createExecutionId } from "@polyglot/contracts";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { insertReplays, type NewReplay } from "./activations.ts";
import { RunningAttempts } from "./attempt.fixture.ts";
import {
  countDeadLetters,
  type DeadLetterFilter,
  dropDeadLetters,
  editDeadLetter,
  expireDeadLetters,
  groupDeadLetters,
  readDeadLetters,
} from "./dead-letters.ts";
import { readExecution } from "./listings.ts";
import { writeObjects } from "./objects.ts";

let attempts: RunningAttempts;

beforeEach(async () => {
  attempts = await RunningAttempts.create();
  onTestFinished(() => attempts[Symbol.asyncDispose]());
});

const everything: DeadLetterFilter = {
  ...{ queue: "", pipelineId: "", fingerprint: "", errorType: "", reason: "", since: null, until: null },
  ...{ executionIds: null, settled: false },
};
const list = (filter: Partial<DeadLetterFilter> = {}) =>
  readDeadLetters(attempts.database, { ...everything, ...filter }, { limit: 10 });
const ids = async (filter: Partial<DeadLetterFilter> = {}) => (await list(filter)).map((row) => row.execution_id);

/** Answers the id of an execution that is buried. */
async function bury(changes: Parameters<RunningAttempts["bury"]>[1] & { pipeline?: string } = {}): Promise<string> {
  const attempt = await attempts.start(changes.pipeline, { path: "a.csv" });
  await attempts.bury(attempt, changes);
  return attempt.executionId;
}

const requeue = (of: string, changes: Partial<NewReplay> = {}): NewReplay => ({
  ...{ of, activationId: createExecutionId(), dedupeKey: `retry:${of}`, triggerName: "retry" },
  ...{ triggerContext: { replay_of: of }, at: new Date(), fromStart: false },
  ...changes,
});

test("each part of a filter has to hold, and an empty one holds for all", async () => {
  const old = await bury({ endedAt: new Date(1_000), pipeline: "a#Old" });
  const other = await bury({ fingerprint: "f2", type: "py\\!KeyError", queue: "Broken" });
  expect(await ids()).toEqual([other, old]);
  expect(await ids({ pipelineId: "a#Old" })).toEqual([old]);
  expect(await ids({ queue: "Broken" })).toEqual([other]);
  expect(await ids({ fingerprint: "f1" })).toEqual([old]);
  expect(await ids({ errorType: "py\\!KeyError" })).toEqual([other]);
  expect(await ids({ reason: "outcome_unknown" })).toEqual([]);
  expect(await ids({ since: new Date(2_000) })).toEqual([other]);
  expect(await ids({ until: new Date(2_000) })).toEqual([old]);
  expect(await ids({ executionIds: [old], queue: "Broken" })).toEqual([]);
});

test("kinds of failure are counted, the most frequent first, with the newest of each", async () => {
  await bury({ endedAt: new Date(1_000) });
  const newest = await bury({ endedAt: new Date(3_000) });
  const rare = await bury({ endedAt: new Date(2_000), fingerprint: "f2" });
  expect(await groupDeadLetters(attempts.database, everything)).toMatchObject([
    { fingerprint: "f1", letters: 2, first_at: new Date(1_000), last_at: new Date(3_000), newest },
    { fingerprint: "f2", letters: 1, newest: rare, error: { message: "row 1 is bad" } },
  ]);
});

test("a queue's object says which queue keeps them, unless the pipeline does", async () => {
  const spec = { deadLetter: { queue: "Morgue" } };
  const object = {
    kind: "Queue",
    namespace: "",
    name: "Default",
    spec,
    specDigest: "d",
    file: "q.yaml",
    inForce: true,
  };
  await writeObjects(attempts.database, [object], { repository: null, revision: null }, new Date());
  const [first, second] = [await bury(), await bury({ queue: "Own" })];
  expect(await ids({ queue: "Morgue" })).toEqual([first]);
  expect(await ids({ queue: "Own" })).toEqual([second]);
});

test("one that is requeued begins once with the inputs that were edited, and needs nobody any more", async () => {
  const id = await bury();
  expect(await editDeadLetter(attempts.database, id, { path: "b.csv" })).toBe(true);
  expect(await list()).toMatchObject([{ inputs: { path: "a.csv" }, edited_inputs: { path: "b.csv" } }]);
  const [first, second] = [requeue(id, { inputs: { path: "b.csv" } }), requeue(id)];
  expect(await insertReplays(attempts.database, [first])).toEqual(new Set([first.activationId]));
  expect(await insertReplays(attempts.database, [second])).toEqual(new Set());
  expect(await readExecution(attempts.database, first.activationId)).toMatchObject({
    ...{ inputs: { path: "b.csv" }, state: "waiting", max_attempts: 3 },
  });
  expect(await list()).toEqual([]);
  expect(await list({ settled: true })).toMatchObject([{ settled_as: "requeued", requeued_as: first.activationId }]);
  expect(await editDeadLetter(attempts.database, id, null)).toBe(false);
});

test("another plan brings its own queue, priority and number of attempts", async () => {
  const id = await bury();
  const pin = {
    planDigest: "sha256:new",
    revision: "r2",
    queue: "Fast",
    shard: "queue/0",
    priority: 7,
    maxAttempts: 9,
  };
  const one = requeue(id, { pin: pin as NonNullable<NewReplay["pin"]> });
  await insertReplays(attempts.database, [one]);
  expect(await readExecution(attempts.database, one.activationId)).toMatchObject({
    ...{ plan_digest: "sha256:new", revision: "r2", queue: "Fast", priority: 7, max_attempts: 9 },
  });
});

test("a replay leaves the dead letter where it is", async () => {
  const id = await bury();
  const replay = requeue(id, { triggerName: "replay", dedupeKey: null });
  expect(await insertReplays(attempts.database, [replay])).toEqual(new Set([replay.activationId]));
  expect(await ids()).toEqual([id]);
});

test("what is dropped keeps its note, and no more than the limit is dropped at once", async () => {
  const [first, second] = [await bury({ endedAt: new Date(1_000) }), await bury({ endedAt: new Date(2_000) })];
  const drop = { limit: 1, note: "known", at: new Date() };
  expect(await dropDeadLetters(attempts.database, everything, drop)).toBe(1);
  expect(await ids()).toEqual([second]);
  expect(await countDeadLetters(attempts.database, everything)).toBe(1);
  const [dropped] = await list({ executionIds: [first ?? ""], settled: true });
  expect(dropped).toMatchObject({ settled_as: "dropped", note: "known" });
});

test("each queue keeps open ones for its own time", async () => {
  const [brief, long] = [
    await bury({ queue: "Brief", endedAt: new Date(5_000) }),
    await bury({ endedAt: new Date(5_000) }),
  ];
  const others = { before: new Date(4_000), at: new Date(), limit: 10 };
  expect(await expireDeadLetters(attempts.database, [{ queue: "Brief", before: new Date(6_000) }], others)).toBe(1);
  expect(await ids()).toEqual([long]);
  expect(await list({ executionIds: [brief], settled: true })).toMatchObject([{ settled_as: "expired" }]);
});
