import { expect, test } from "vitest";
import { askGpus, parseGpus } from "./gpus.ts";

/** As drivers print it: csv, no header, no units. */
const printed = [
  "0, NVIDIA H100 80GB HBM3, 37, 1024, 81559, 41, 118.20",
  "1, Tesla K80, [Not Supported], 0, 11441, [N/A], [N/A]",
  "",
].join("\n");

test("a GPU has its load, memory in bytes, temperature and power", () => {
  expect(parseGpus(printed)[0]).toMatchObject({
    index: 0,
    name: "NVIDIA H100 80GB HBM3",
    busyPercent: 37,
    memoryUsedBytes: 1_073_741_824n,
    memoryTotalBytes: 81_559n * 1_048_576n,
    temperature: 41,
    power: 118.2,
  });
});

test("a figure that a device does not have is absent", () => {
  const second = parseGpus(printed)[1];
  expect(second).toMatchObject({ index: 1, name: "Tesla K80", memoryUsedBytes: 0n });
  expect([second?.busyPercent, second?.temperature, second?.power]).toEqual([undefined, undefined, undefined]);
});

test("a message of the driver is no GPU", () => {
  expect(parseGpus("No devices were found\n")).toEqual([]);
  expect(parseGpus("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n")).toEqual([]);
});

test("a host without the program says so, and a program that fails says nothing", async () => {
  expect(await askGpus("/nonexistent/nvidia-smi")).toBe("missing");
  expect(await askGpus("false")).toBeUndefined();
});
