import { expect, test } from "vitest";
import { parseStat, readAllProcesses, type ProcessStat } from "./processes.ts";
import { UsageMeter } from "./usage-meter.ts";

const line =
  "4711 (a) (b c) S 42 4711 4711 0 -1 4194560 1 2 3 4 250 50 7 8 20 0 3 0 123456 987654321 1000 18446744073709551615";

test("a name with blanks and brackets does not move the fields behind it", () => {
  expect(parseStat(line)).toEqual({
    pid: 4711,
    parent: 42,
    name: "a) (b c",
    cpuTicks: 300,
    startedTicks: 123_456,
    memoryBytes: 4_096_000,
  });
  expect(parseStat("")).toBeUndefined();
});

test("this process is among those of the host", async () => {
  expect((await readAllProcesses()).find(({ pid }) => pid === process.pid)?.parent).toBe(process.ppid);
});

const at = (pid: number, startedTicks: number, cpuTicks: number): ProcessStat => ({
  pid,
  startedTicks,
  cpuTicks,
  parent: 1,
  name: "x",
  memoryBytes: 0,
});

test("load is what was used between two looks; a pid that is used again starts anew", () => {
  const meter = new UsageMeter();
  expect(meter.measure([at(1, 5, 1_000), at(2, 5, 1_000)], 0).size).toBe(0);
  expect(meter.measure([at(1, 5, 1_050), at(2, 6, 20)], 1_000)).toEqual(
    new Map([
      [1, 50],
      [2, 20],
    ]),
  );
});
