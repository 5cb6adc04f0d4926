import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type AttemptProgressSchema, ProgressSchema } from "@polyglot/contracts/service";
import { expect, test } from "vitest";
import { RunningAttempts } from "./running-attempts.ts";

const told = (...attempts: MessageInitShape<typeof AttemptProgressSchema>[]) => create(ProgressSchema, { attempts });
const step = (nodeId: string) => ({ nodeId, state: "running" });

test("what a stream tells replaces what it told before", () => {
  const running = new RunningAttempts();
  const stream = {};
  running.tell(
    stream,
    told({ executionId: "a", attemptNo: 1, steps: [step("run.0")] }, { executionId: "b", attemptNo: 1 }),
  );
  running.tell(stream, told({ executionId: "a", attemptNo: 1, steps: [step("run.1")] }));
  expect(running.of("a", 1)?.steps.map(({ nodeId }) => nodeId)).toEqual(["run.1"]);
  expect(running.of("b", 1)).toBeUndefined();
});

test("an attempt that was taken over is the new agent's, whenever the old one's stream ends", () => {
  const running = new RunningAttempts();
  const [first, second] = [{}, {}];
  running.tell(first, told({ executionId: "a", attemptNo: 1 }));
  running.tell(second, told({ executionId: "a", attemptNo: 2 }));
  running.forget(first);
  expect(running.of("a", 1)).toBeUndefined();
  expect(running.of("a", 2)).toBeDefined();
});

test("nothing is known of a stream that is over", () => {
  const running = new RunningAttempts();
  const stream = {};
  running.tell(stream, told({ executionId: "a", attemptNo: 1 }));
  running.forget(stream);
  expect(running.of("a", 1)).toBeUndefined();
});
