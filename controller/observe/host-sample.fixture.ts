import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type HostSample, HostSampleSchema } from "@polyglot/contracts/service";

/** A host with one GPU that does not tell its power. */
export const sampleAt = (timeMs: number, cpuPercent: number): HostSample =>
  create(HostSampleSchema, {
    cpuPercent,
    memoryUsedBytes: 2n ** 30n,
    memoryTotalBytes: 2n ** 34n,
    at: timestampFromMs(timeMs),
    gpus: [{ index: 0, name: "NVIDIA H100", busyPercent: 37, memoryUsedBytes: 5n }],
    allWorkers: { cpuPercent: 150, memoryBytes: 7n, processes: 3 },
  });
