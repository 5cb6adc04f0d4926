import { createExecutionId } from "@polyglot/contracts";
import { expect, test } from "vitest";
import { ControllerCallsFixture } from "./controller-calls.fixture.ts";
import { GuardedCalls } from "./guarded-calls.ts";
import { ObtainedSecrets } from "./obtained-secrets.ts";

const value = "correct horse battery";

function guarded(pipelineId = "a#B") {
  const controller = new ControllerCallsFixture();
  controller.secrets.set("s", value);
  const secrets = new ObtainedSecrets();
  const attempt = { executionId: createExecutionId(), attemptNo: 1 };
  const nextSequence = () => 1;
  const { signal } = new AbortController();
  const step = { attempt: () => attempt, pipelineId, node: "run.0", nextSequence, signal };
  return { controller, secrets, calls: new GuardedCalls(controller.of(step), secrets, new Map(), pipelineId) };
}

const base64 = Buffer.from(value).toString("base64");

test.each([
  ["the state", (calls: GuardedCalls) => calls.writeState("k", ["x", { inner: `<${value}>` }])],
  ["the state", (calls: GuardedCalls) => calls.writeState(value, 1)],
  ["the state", (calls: GuardedCalls) => calls.incrementState(value, 1)],
  ["a state's key", (calls: GuardedCalls) => calls.readState(value)],
  ["the cache", (calls: GuardedCalls) => calls.writeCache("k", { [value]: 1 }, 0)],
  ["a cache's key", (calls: GuardedCalls) => calls.readCache(value)],
  ["an artifact", (calls: GuardedCalls) => calls.putArtifact("n", Buffer.from(`\u00ff${value}`, "latin1"))],
  ["an artifact's name", (calls: GuardedCalls) => calls.putArtifact(base64, Buffer.from("x"))],
  ["another execution's inputs", (calls: GuardedCalls) => calls.startExecution("a#C", { x: { $bytes: base64 } })],
])("%s may not hold a secret", async (place, call) => {
  const { controller, calls } = guarded();
  await calls.getSecret("s");
  controller.calls.length = 0;
  expect(() => call(calls)).toThrow(`${place} may not hold the value of secret 's': it is kept in the clear`);
  expect([controller.calls, controller.started, [...controller.artifacts]]).toEqual([[], [], []]);
});

test("what holds none goes through", async () => {
  const { controller, calls } = guarded();
  await calls.getSecret("s");
  await calls.writeState("k", "v");
  await calls.putArtifact("n", Buffer.from("content"));
  await calls.startExecution("a#C", {});
  expect([controller.state.size, controller.artifacts.size, controller.started.length]).toEqual([1, 1, 1]);
});

test("an attempt sees one value throughout, and each pipeline asks for itself", async () => {
  const { controller, secrets, calls } = guarded();
  expect(await calls.getSecret("s")).toBe(value);
  controller.secrets.set("s", "another one");
  expect(await calls.getSecret("s")).toBe(value);
  expect(secrets.kept("a#Other", "s")).toBeUndefined();
});

test("an attempt sees one state of a connection, and its password is a secret beside an earlier value of the same", async () => {
  const { controller, secrets, calls } = guarded();
  const at = (password: string) => {
    const credentials = { secret: "s", user: "me", password, token: undefined };
    controller.connections.set("db", { type: "redis", url: "redis://x", tlsEnabled: undefined, credentials });
  };
  await calls.getSecret("s");
  at("rotated by now");
  const first = await calls.getConnection("db");
  at("rotated again");
  expect(await calls.getConnection("db")).toBe(first);
  expect(secrets.redact(`${value}, rotated by now, rotated again`)).toBe("[secret], [secret], rotated again");
  expect(() => calls.writeState("k", "rotated by now")).toThrow("the state may not hold the value of secret 's'");
});
