import { create } from "@bufbuild/protobuf";
import { GpuSampleSchema, ProcessUsageSchema } from "@polyglot/contracts/service";
import { expect, test } from "vitest";
import { gpuBusyText, gpuText, ratePair, usageText } from "./host-load.ts";

const gpus = [
  create(GpuSampleSchema, { busyPercent: 40, memoryUsedBytes: 2n ** 30n, memoryTotalBytes: 2n ** 34n }),
  create(GpuSampleSchema, { memoryUsedBytes: 0n, memoryTotalBytes: 2n ** 34n }),
];

test("a GPU shows its load where it tells it, and its memory", () => {
  expect(gpuText(gpus)).toBe("40% 1.0 GiB of 16 GiB, 0 B of 16 GiB");
  expect(gpuBusyText(gpus)).toBe("40%");
});

test("a host without GPUs, and one that has not told its load, show nothing", () => {
  expect([gpuText([]), gpuBusyText([]), usageText(undefined), ratePair(undefined, undefined)]).toEqual([
    "",
    "",
    "",
    "",
  ]);
});

test("workers show how many processes they are and what they take", () => {
  const usage = create(ProcessUsageSchema, { cpuPercent: 151.4, memoryBytes: 2n ** 20n, processes: 3 });
  expect(usageText(usage)).toBe("3: 151%, 1.0 MiB");
});
