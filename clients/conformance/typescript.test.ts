/** The library for TypeScript against a real system. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  ApiError,
  Client,
  connect,
  decode,
  encode,
  ExecutionFailed,
  Float,
  type LogLine,
  Tagged,
  Unreachable,
  type Value,
  WaitTimeout,
} from "../typescript/polyglot.ts";
import { type ClientsSystem, startSystem } from "./system.fixture.ts";

let system: ClientsSystem;
let polyglot: Client;

beforeAll(async () => {
  system = await startSystem();
  polyglot = await connect(system.folder);
});

afterAll(() => system.stop());

async function linesOf(executionId: string): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of polyglot.logs(executionId, { follow: true })) lines.push(line);
  return lines;
}

/** Resolves when the step that hangs has said so. */
async function untilItHangs(executionId: string): Promise<void> {
  for await (const line of polyglot.logs(executionId, { follow: true })) if (line.text === "hanging") return;
}

test("a pipeline runs with inputs and answers its outputs", async () => {
  const result = await polyglot.run("Shout", { text: "hello", times: 2 });
  expect(result).toMatchObject({ state: "succeeded", outputs: { loud: "HELLO!!" } });
  expect(result.executionId).toMatch(/^[0-9a-f-]{36}$/);
});

const roundTrips: readonly Value[] = [
  null,
  true,
  "ä \u{1f980} \n",
  0,
  -(2 ** 53 - 1),
  2n ** 64n,
  1.5,
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  new Uint8Array([0, 255, 10]),
  new Date("2026-01-15T10:30:00.250Z"),
  new Date("1970-01-01T00:00:00Z"),
  [1, "a", [null]],
  { a: 1, b: { c: [2n ** 70n] } },
  new Map<Value, Value>([[1, "one"]]),
  new Map<Value, Value>([["$int", "no tag"]]),
  new Tagged("$duration", { months: 0, seconds: 1.5 }),
];

test.each(roundTrips)("%s comes back from Python as it was sent", async (value) => {
  expect((await polyglot.run("Echo", { value })).outputs).toEqual({ same: value });
});

test("a float that is integral, and numbers beyond exact ints, say that they are floats", () => {
  expect([new Float(1), new Float(-0), 1e300, -0, new Float(1.5)].map(encode)).toEqual([
    { $float: "1" },
    { $float: "-0" },
    { $float: "1e+300" },
    { $float: "-0" },
    1.5,
  ]);
  expect(decode({ $float: "1" })).toBe(1);
  expect(encode(5n)).toBe(5);
});

test("what a step raises is thrown with its type, message and trace", async () => {
  const failure = await polyglot.run("Break", { text: "no luck" }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ExecutionFailed);
  expect(failure).toMatchObject({ type: "py\\!ValueError", reason: "no luck", result: { state: "dead_lettered" } });
  expect((failure as ExecutionFailed).trace).toContain("work.py");
  expect((await polyglot.run("Break", { text: "no luck" }, { check: false })).error).toMatchObject({ step: "run.0" });
});

test("what the controller refuses is thrown with its code and the input it is about", async () => {
  const refusal = await polyglot.run("Shout", { text: 5 }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(ApiError);
  expect(refusal).toMatchObject({ code: "input/type", field: "text" });
  await expect(polyglot.run("Nobody")).rejects.toMatchObject({ code: "pipeline/unknown" });
});

test("the same idempotency key starts one execution", async () => {
  const start = () => polyglot.start("Shout", { text: "once" }, { idempotencyKey: "ts-once" });
  expect(await start()).toBe(await start());
});

test("waiting ends with the time given, and cancelling ends the execution", async () => {
  const executionId = await polyglot.start("Hang");
  await untilItHangs(executionId);
  const timeout = await polyglot.wait(executionId, { timeoutMs: 1 }).catch((error: unknown) => error);
  expect(timeout).toBeInstanceOf(WaitTimeout);
  expect(timeout).toMatchObject({ result: { executionId, state: "running" } });
  await polyglot.cancel(executionId);
  await expect(polyglot.wait(executionId)).rejects.toMatchObject({ result: { state: "cancelled" } });
});

test("log lines come with their step and level, followed until the end", async () => {
  const { executionId } = await polyglot.run("Shout", { text: "a" }, { wait: false });
  const lines = await linesOf(executionId);
  expect(lines).toMatchObject([{ step: "run.0", level: "info", text: "shouting 3 times", attempt: 1 }]);
  expect(lines[0]?.at.getTime()).toBeGreaterThan(Date.parse("2020-01-01"));
  await expect(linesOf("ffffffff")).rejects.toMatchObject({ code: "execution/unknown" });
});

test("a wrong token, an authority that did not sign, and a URL without TLS are said", async () => {
  const { url, ca, token } = system;
  await expect(new Client({ url, ca, token: "wrong" }).start("Shout")).rejects.toMatchObject({ code: "auth/invalid" });
  const untrusted = await new Client({ url, token }).start("Shout").catch((error: unknown) => error);
  expect(untrusted).toBeInstanceOf(Unreachable);
  expect((untrusted as Error).message).toContain("is not trusted");
  expect(() => new Client({ url: "http://localhost", token })).toThrow("https://, got 'http://localhost'");
});
