import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { RunningAttempts } from "./attempt.fixture.ts";
import { type CallingAttempt, incrementState, readState, writeState } from "./pipeline-state.ts";

const pipelineId = "a#B";
let calls = 0;

/** A new call of a step of the attempt, on the key `k` unless it says another. */
const call = <Rest extends object>(attempt: CallingAttempt, rest: Rest) => {
  calls += 1;
  return { ...attempt, nodeId: "n", sequence: calls, pipelineId, key: "k", ...rest };
};

const read = async (here: RunningAttempts, attempt: CallingAttempt, key = "k") =>
  (await readState(here.database, [{ ...attempt, pipelineId, key }]))[0];

test("a value is there for every execution of the pipeline, for no other pipeline, until it is removed", async () => {
  await using here = await RunningAttempts.create();
  const [one, two] = [await here.start(), await here.start()];
  const value = '{"a":"\\u0000"}';
  expect(await writeState(here.database, [call(one, { value })])).toEqual([{ number: 1 }]);
  expect(await read(here, two)).toMatchObject({ value });
  const [other] = await readState(here.database, [{ ...one, pipelineId: "a#C", key: "k" }]);
  expect(other).toMatchObject({ value: null });
  await writeState(here.database, [call(two, { value: null })]);
  expect(await read(here, one)).toMatchObject({ value: null });
});

test("of several writes of a key in one batch the last one counts", async () => {
  await using here = await RunningAttempts.create();
  const attempt = await here.start();
  const values = ["1", null, "2", "3"];
  await writeState(
    here.database,
    values.map((value) => call(attempt, { value })),
  );
  expect(await read(here, attempt)).toMatchObject({ value: "3" });
  await writeState(here.database, [call(attempt, { value: "4" }), call(attempt, { value: null })]);
  expect(await read(here, attempt)).toMatchObject({ value: null });
});

test("increments of one key in one batch are added up, and each has the sum up to its own", async () => {
  await using here = await RunningAttempts.create();
  const [one, two] = [await here.start(), await here.start()];
  const batch = [call(one, { by: 1 }), call(two, { by: 10 }), call(one, { by: 5, key: "m" }), call(two, { by: -100 })];
  const sums = await incrementState(here.database, batch);
  expect(sums.map((sum) => sum?.sum)).toEqual([1, 11, 5, -89]);
  const [next] = await incrementState(here.database, [call(one, { by: 89 })]);
  expect(next).toMatchObject({ sum: 0 });
  expect(await read(here, one)).toMatchObject({ value: "0" });
});

test("increments that race each other are all counted", async () => {
  await using here = await RunningAttempts.create();
  const attempts = await Promise.all(Array.from({ length: 20 }, () => here.start()));
  const sums = await Promise.all(
    attempts.flatMap((attempt) =>
      Array.from({ length: 5 }, async () => (await incrementState(here.database, [call(attempt, { by: 1 })]))[0]?.sum),
    ),
  );
  expect(new Set(sums).size).toBe(100);
  expect(Math.max(...sums.map((sum) => sum ?? 0))).toBe(100);
});

test("a call that is sent again changes nothing again, and an increment has its answer of then", async () => {
  await using here = await RunningAttempts.create();
  const attempt = await here.start();
  const increment = call(attempt, { by: 2 });
  expect(await incrementState(here.database, [increment, increment])).toMatchObject([{ sum: 2 }, { sum: 2 }]);
  await incrementState(here.database, [call(attempt, { by: 3 })]);
  expect(await incrementState(here.database, [increment])).toMatchObject([{ sum: 2 }]);
  expect(await read(here, attempt)).toMatchObject({ value: "5" });
  const set = call(attempt, { value: "7" });
  await writeState(here.database, [set]);
  await writeState(here.database, [call(attempt, { value: "8" })]);
  await writeState(here.database, [set]);
  expect(await read(here, attempt)).toMatchObject({ value: "8" });
});

test.each([
  ["text", '"1"'],
  ["a number with a fraction", "1.5"],
  ["a map", "{}"],
  ["an int at the end of the exact ones", "9007199254740991"],
  ["an int beyond the exact ones", '{"$int":"9007199254740993"}'],
])("%s is not added to, and stays", async (_what, value) => {
  await using here = await RunningAttempts.create();
  const attempt = await here.start();
  await writeState(here.database, [call(attempt, { value })]);
  const sums = await incrementState(here.database, [call(attempt, { by: 1 }), call(attempt, { by: 1, key: "m" })]);
  expect(sums).toMatchObject([{ sum: null }, { sum: 1 }]);
  expect(await read(here, attempt)).toMatchObject({ value });
});

test.each(["an ended", "a retried"])("%s attempt reads nothing and changes nothing", async (which) => {
  await using here = await RunningAttempts.create();
  const [stale, witness] = [await here.start(), await here.start()];
  await writeState(here.database, [call(witness, { value: "1" })]);
  await here.settle(stale, which === "an ended" ? "succeeded" : "waiting");
  if (which === "a retried") await here.claim(stale.executionId);
  expect(await read(here, stale)).toBeUndefined();
  expect(await effectsOf(here, stale, witness)).toEqual(none);
});

test("another session changes nothing", async () => {
  await using here = await RunningAttempts.create();
  const witness = await here.start();
  await writeState(here.database, [call(witness, { value: "1" })]);
  expect(await effectsOf(here, { ...witness, sessionId: randomUUID() }, witness)).toEqual(none);
});

const none = { answers: [undefined, undefined, undefined], value: "1" };

/** What a stale attempt is answered, and the value then. */
async function effectsOf(here: RunningAttempts, stale: CallingAttempt, witness: CallingAttempt) {
  const [set] = await writeState(here.database, [call(stale, { value: "2" })]);
  const [removed] = await writeState(here.database, [call(stale, { value: null })]);
  const [sum] = await incrementState(here.database, [call(stale, { by: 1 })]);
  return { answers: [set, removed, sum], value: (await read(here, witness))?.value };
}
