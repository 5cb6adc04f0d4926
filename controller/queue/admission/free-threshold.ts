import { parseBytes } from "@polyglot/contracts";
import type { QueueDefinition } from "../../registry/queue-definition.ts";
import type { FreeThreshold } from "./demand.ts";

/** What a queue wants a host to have free before it gets something. */
export function freeThreshold({ spec: { admission } }: QueueDefinition): FreeThreshold {
  const { cpuFree, memoryFree, diskFree, gpuFree } = admission ?? {};
  const [memoryBytes, diskBytes] = [memoryFree, diskFree].map((text) =>
    text === undefined ? undefined : parseBytes(text),
  );
  return {
    ...(cpuFree !== undefined && { cpuPercent: cpuFree }),
    ...(memoryBytes !== undefined && { memoryBytes }),
    ...(diskBytes !== undefined && { diskBytes }),
    ...(gpuFree !== undefined && { gpuPercent: gpuFree }),
  };
}
