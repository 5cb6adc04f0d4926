import { create } from "@bufbuild/protobuf";
import { LogLineSchema } from "@polyglot/contracts/service";
import { expect, test } from "vitest";
import { LogBuffer } from "./log-buffer.ts";

const line = (sequence: number, text = "x") =>
  create(LogLineSchema, { executionId: "e", attemptNo: 1, sequence: BigInt(sequence), text });

test("lines are taken in order within the limits of a message", () => {
  const buffer = new LogBuffer({ lines: 10, bytes: 1000 });
  for (let sequence = 1; sequence <= 5; sequence += 1) buffer.add(line(sequence));
  expect(buffer.take(2, 100).map(({ sequence }) => sequence)).toEqual([1n, 2n]);
  expect(buffer.take(10, 2).map(({ sequence }) => sequence)).toEqual([3n, 4n]);
  expect(buffer.take(10, 0).map(({ sequence }) => sequence)).toEqual([5n]);
  expect(buffer.size).toBe(0);
});

test("over the limit the oldest lines go, and a line at their place says how many", () => {
  const buffer = new LogBuffer({ lines: 3, bytes: 1000 });
  for (let sequence = 1; sequence <= 8; sequence += 1) buffer.add(line(sequence));
  const [note, ...rest] = buffer.take(10, 1000);
  expect(note).toMatchObject({
    sequence: 5n,
    level: "warning",
    text: "5 log lines were dropped: they came faster than the controller took them",
  });
  expect(rest.map(({ sequence }) => sequence)).toEqual([6n, 7n, 8n]);
  expect(buffer.take(10, 1000)).toEqual([]);
});

test("one line may be larger than the limit, two may not", () => {
  const buffer = new LogBuffer({ lines: 3, bytes: 10 });
  buffer.add(line(1, "y".repeat(50)));
  expect(buffer.size).toBe(1);
  buffer.add(line(2));
  expect(buffer.take(10, 1000).map(({ sequence }) => sequence)).toEqual([1n, 2n]);
});
