import { expect, it } from "vitest";
import { placeCall, type WorkerLoad } from "./place-call.ts";
import { defaultPoolLimits } from "./pool-limits.ts";

const limits = {
  ...defaultPoolLimits(2),
  maxWorkersPerGroup: 4,
  maxShortWorkersPerGroup: 2,
  maxStartingPerGroup: 1,
  maxPipelined: 8,
};
const busy: WorkerLoad = { sent: 1, isShort: false };
const line = (sent: number): WorkerLoad => ({ sent, isShort: true });

const facts: [string, boolean, WorkerLoad[], number, ReturnType<typeof placeCall>][] = [
  ["an idle worker takes any call", false, [busy, line(0)], 0, { kind: "send", index: 1 }],
  ["a short call stands in the shortest line", true, [line(3), line(2), busy], 0, { kind: "send", index: 1 }],
  ["a call not known to be short stands in no line", false, [line(1)], 0, { kind: "start" }],
  ["no short call stands behind one that is not", true, [busy], 0, { kind: "start" }],
  ["a full line takes no more", true, [line(8), line(8)], 0, { kind: "wait" }],
  ["short calls start no more lines than cores", true, [line(8), line(8), busy], 0, { kind: "wait" }],
  ["short calls start a worker where long ones keep all there are", true, [busy, busy], 0, { kind: "start" }],
  ["long calls start workers up to the group's limit", false, [busy, busy, busy], 0, { kind: "start" }],
  ["at the group's limit a call waits", false, [busy, busy, busy, busy], 0, { kind: "wait" }],
  ["no more workers start at once than allowed", false, [], 1, { kind: "wait" }],
];

it("no more workers start than calls wait for one", () => {
  const many = { ...limits, maxStartingPerGroup: 4 };
  expect(placeCall(false, { workers: [busy], starting: 1, waiting: 1, isHostBusy: false }, many)).toEqual({
    kind: "wait",
  });
});

it.each(facts)("%s", (_fact, isShort, workers, starting, expected) => {
  expect(placeCall(isShort, { workers, starting, waiting: 2, isHostBusy: false }, limits)).toEqual(expected);
});

it("on a busy host no more workers start than there are cores", () => {
  const starts = [[], [busy], [busy, busy]].map(
    (workers) => placeCall(false, { workers, starting: 0, waiting: 9, isHostBusy: true }, limits).kind,
  );
  expect(starts).toEqual(["start", "start", "wait"]);
});
