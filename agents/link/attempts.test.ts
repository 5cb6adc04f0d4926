import { create } from "@bufbuild/protobuf";
import { type AttemptResult, AttemptResultSchema } from "@polyglot/contracts/service";
import { expect, test } from "vitest";
import { Attempts, attemptKey } from "./attempts.ts";

const name = (executionId: string) => ({ executionId, attemptNo: 1 });
const key = (executionId: string) => attemptKey(name(executionId));
const result = (executionId: string, branches: readonly string[] = []): AttemptResult =>
  create(AttemptResultSchema, {
    ...name(executionId),
    background: branches.map((branch) => ({ executionId: branch, nodeId: "run.0" })),
  });

const stream = { name: "stream" };

/** A run that is reported and has left the branch `b` behind. */
function withBranch(): Attempts<typeof stream> {
  const attempts = new Attempts<typeof stream>();
  attempts.unsettled.open(stream);
  attempts.accept(key("a"), stream);
  attempts.adopt(key("b"), key("a"));
  attempts.report(result("a", ["b"]));
  return attempts;
}

test("a branch is unknown until its parent is settled, and its result goes where the parent came from", () => {
  const attempts = withBranch();
  expect(attempts.isUnknown(key("b"))).toBe(true);
  expect(attempts.report(result("b"))).toBeUndefined();
  expect([...attempts.references()]).toEqual([name("b"), name("a")]);
  expect([...attempts.settle(key("a"))]).toEqual([stream]);
  expect([...attempts.references()]).toEqual([name("b")]);
  attempts.settle(key("b"));
  expect([...attempts.references()]).toEqual([]);
});

test("a branch of a branch waits for that one", () => {
  const attempts = withBranch();
  attempts.adopt(key("c"), key("b"));
  attempts.report(result("b", ["c"]));
  attempts.report(result("c"));
  attempts.settle(key("a"));
  expect(attempts.isUnknown(key("c"))).toBe(true);
  expect([...attempts.settle(key("b"))]).toEqual([stream]);
  expect(attempts.isUnknown(key("c"))).toBe(false);
});

test("a branch takes no place, and gives none back", () => {
  const attempts = withBranch();
  expect(attempts.leave(key("b"))).toBeUndefined();
  expect(attempts.leave(key("a"))).toBe(stream);
});

test("when the lease is over, the result of a run names no branches: they are killed, and nobody would end them", () => {
  const attempts = withBranch();
  attempts.report(result("b"));
  attempts.loseRunning();
  const [told] = attempts.unsettled.take(stream, 10, 1_000_000, () => 1);
  expect(told).toMatchObject({ executionId: "a", background: [] });
  expect(attempts.report(result("b"))).toBeUndefined();
  expect([...attempts.settle(key("a"))]).toEqual([]);
});
