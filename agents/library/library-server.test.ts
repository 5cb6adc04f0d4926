import { systemClock } from "@polyglot/service";
import { expect, test } from "vitest";
import { encodeFrame, FrameReader } from "../pool/frames.ts";
import { contained, defaultContainedLimits } from "../stdlib/contained/contained-function.ts";
import { unpackTexts } from "./large-texts.ts";
import { LibraryServer } from "./library-server.ts";
import type { CallMessage } from "./messages.ts";

const library = new Map([
  ["echo", contained("value", (given) => [given.any("value")])],
  [
    "reserve",
    contained("bytes", async (given) => {
      await given.context.reserve(given.int("bytes"));
      return [];
    }),
  ],
  ["log", contained("", (given) => (given.context.log("info", "a line"), []))],
  ["fault", contained("", () => Promise.reject(new TypeError("a fault of ours")))],
  ["full", contained("", () => Promise.reject(Object.assign(new Error("write"), { code: "ENOSPC" })))],
]);

/** A server whose frames leave when the test lets them. */
function serve() {
  const sent: string[] = [];
  const leaving: (() => void)[] = [];
  const server = new LibraryServer({
    library,
    settings: {
      dataRoot: "/",
      allowNetworks: [],
      limits: { ...defaultContainedLimits, maxReservedBytes: 10 },
    },
    marks: {},
    clock: systemClock,
    send: (frame) => {
      for (const { id, kind, body } of new FrameReader().push(frame) ?? []) sent.push(`${id} ${kind} ${body}`);
      return new Promise((resolve) => leaving.push(resolve));
    },
  });
  const take = (kind: string, id: number, body: string) => {
    for (const frame of new FrameReader().push(encodeFrame(kind, id, body)) ?? []) void server.take(frame);
  };
  const call = (id: number, name: string, given: CallMessage["given"] = {}) =>
    take("c", id, JSON.stringify({ owner: "a 1", name, given, command: `c-${id}` } satisfies CallMessage));
  return { sent, leaving, take, call, turn: () => new Promise(setImmediate) };
}

test("a call is answered with its results under its id", async () => {
  const { sent, call, turn } = serve();
  call(7, "echo", { value: { $float: "NaN" } });
  await turn();
  expect(sent).toEqual(['7 v {"answer":{"kind":"values","values":[{"$float":"NaN"}]}}']);
});

test("a line of the log comes before the answer", async () => {
  const { sent, call, turn } = serve();
  call(1, "log");
  await turn();
  expect(sent.map((frame) => frame.slice(0, 3))).toEqual(["1 l", "1 v"]);
});

test("what the system refuses is an error of its kind, and a fault of ours a RuntimeError that names the call", async () => {
  const { sent, call, turn } = serve();
  call(1, "full");
  call(2, "fault");
  call(3, "none");
  await turn();
  const answers = sent.toSorted().map((frame) => unpackTexts(frame.slice(4)) as { answer: { error: object } });
  expect(answers.map(({ answer }) => answer.error)).toMatchObject([
    { type: "pg\\!DiskFullError", message: "the disk is full" },
    { type: "pg\\!RuntimeError", message: "'fault' failed: TypeError: a fault of ours" },
    { type: "pg\\!NotImplementedError" },
  ]);
});

test("what a call has reserved is free when its answer has left", async () => {
  const { sent, leaving, call, turn } = serve();
  call(1, "reserve", { bytes: 8 });
  call(2, "reserve", { bytes: 3 });
  await turn();
  expect(sent.map((frame) => frame.slice(0, 3))).toEqual(["1 v"]);
  leaving.shift()?.();
  await turn();
  expect(sent.map((frame) => frame.slice(0, 3))).toEqual(["1 v", "2 v"]);
});

test("a call that is aborted while it waits for its share stops", async () => {
  const { sent, leaving, take, call, turn } = serve();
  call(1, "reserve", { bytes: 8 });
  call(2, "reserve", { bytes: 3 });
  take("a", 2, "{}");
  await turn();
  expect(sent.map((frame) => frame.slice(0, 3)).toSorted()).toEqual(["1 v", "2 s"]);
  for (const leave of leaving.splice(0)) leave();
  call(3, "reserve", { bytes: 10 });
  await turn();
  expect(sent.at(-1)?.slice(0, 3)).toBe("3 v");
});
