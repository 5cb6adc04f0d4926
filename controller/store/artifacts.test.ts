import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { getArtifact, putArtifact, readArtifacts } from "./artifacts.ts";
import { RunningAttempts } from "./attempt.fixture.ts";

const bytes = (text: string) => Buffer.from(text);

test("an artifact is read by its own execution and by others of the namespace, and by no other namespace", async () => {
  await using here = await RunningAttempts.create();
  const [keeper, neighbour] = [await here.start("a#B"), await here.start("a#C")];
  expect(await putArtifact(here.database, keeper, "n", bytes("one"))).toBe("kept");
  expect(await putArtifact(here.database, keeper, "n", bytes("two"))).toBe("kept");
  const read = (namespace: string) => getArtifact(here.database, neighbour, keeper.executionId, namespace, "n");
  expect(await read("a")).toEqual({ content: bytes("two") });
  expect(await read("b")).toEqual({ content: null });
  // A pipeline of another namespace that runs within the execution.
  const own = await getArtifact(here.database, keeper, keeper.executionId, "b", "n");
  expect(own).toEqual({ content: bytes("two") });
  expect(await getArtifact(here.database, keeper, keeper.executionId, "a", "m")).toEqual({ content: null });
  expect(await readArtifacts(here.database, keeper.executionId)).toMatchObject([{ name: "n", size: 3, attempt_no: 1 }]);
});

test("an execution that keeps as many as it may takes no further one, and may replace those that it has", async () => {
  await using here = await RunningAttempts.create();
  const attempt = await here.start();
  await here.database.query({
    name: "",
    text: `insert into artifacts select execution_id, 'n' || n, 1, 1, 'x', now() from executions, generate_series(1, 1000) as n`,
  });
  expect(await putArtifact(here.database, attempt, "one more", bytes("x"))).toBe("full");
  expect(await putArtifact(here.database, attempt, "n7", bytes("y"))).toBe("kept");
});

test("an execution that keeps as many bytes as it may takes no further ones", async () => {
  await using here = await RunningAttempts.create();
  const attempt = await here.start();
  await putArtifact(here.database, attempt, "large", bytes("x"));
  await here.database.query({ name: "", text: "update artifacts set size = 256 * 1024 * 1024" });
  expect(await putArtifact(here.database, attempt, "one more", bytes("x"))).toBe("full");
  expect(await putArtifact(here.database, attempt, "large", bytes("x"))).toBe("kept");
});

test("a stale attempt keeps nothing and reads nothing", async () => {
  await using here = await RunningAttempts.create();
  const attempt = await here.start();
  await putArtifact(here.database, attempt, "n", bytes("x"));
  await here.settle(attempt, "waiting");
  const next = await here.claim(attempt.executionId);
  const foreign = { ...next, sessionId: randomUUID() };
  for (const stale of [attempt, foreign]) {
    expect(await putArtifact(here.database, stale, "n", bytes("y"))).toBe("stale");
    expect(await getArtifact(here.database, stale, attempt.executionId, "a", "n")).toBe("stale");
  }
  expect(await getArtifact(here.database, next, attempt.executionId, "a", "n")).toEqual({ content: bytes("x") });
});
