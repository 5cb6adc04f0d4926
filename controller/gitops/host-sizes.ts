/** What the connected agents have at all, used or not: what asks for more never starts. */
import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { HostSampleSchema } from "@polyglot/contracts/service";
import type { AgentRow } from "../store/listings.ts";

export interface HostSize {
  readonly cores: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly gpus: number;
}

/** Agents that have not said yet how large their host is are left out. */
export function hostSizes(agents: readonly AgentRow[]): HostSize[] {
  return agents.flatMap(({ connected, hello, sample }) => {
    const host = (sample as StoredSample | null)?.host;
    if (!connected || host === undefined) return [];
    const { memoryTotalBytes, diskTotalBytes, gpus } = fromJson(HostSampleSchema, host, { ignoreUnknownFields: true });
    const cores = (hello as { readonly cores?: number }).cores ?? 0;
    // An agent that does not say how many cores it has is asked for any number.
    return [
      {
        cores: cores === 0 ? Number.POSITIVE_INFINITY : cores,
        memoryBytes: Number(memoryTotalBytes),
        diskBytes: Number(diskTotalBytes),
        gpus: gpus.length,
      },
    ];
  });
}

interface StoredSample {
  readonly host?: JsonValue;
}

/** In the largest unit that leaves a number of at least 1. */
export function bytesText(bytes: number): string {
  const at = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${Math.round((bytes / 1024 ** at) * 10) / 10}${units[at]}`;
}

const units = ["", "Ki", "Mi", "Gi", "Ti"] as const;
