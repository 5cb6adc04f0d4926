/** Which pipelines would ask for more than any agent has. Pure. */
import type { PipelineId, QueueConfiguration } from "@polyglot/contracts";
import { type EffectiveSettings, effectiveSettings } from "../policies/effective-settings.ts";
import type { DeclaredPolicies } from "../policies/layers.ts";
import { bytesText, type HostSize } from "./host-sizes.ts";

export interface AskingPipeline {
  readonly id: PipelineId;
  readonly queue: QueueConfiguration;
}

/** A sentence for each pipeline that no agent is large enough for, by what asks so. */
export function requestRefusals(
  pipelines: readonly AskingPipeline[],
  declared: DeclaredPolicies,
  hosts: readonly HostSize[],
): ReadonlyMap<string, { readonly source: string; readonly message: string }[]> {
  const found = new Map<string, { source: string; message: string }[]>();
  if (hosts.length === 0) return found;
  for (const { id, queue } of pipelines) {
    const settings = effectiveSettings(id, queue, declared);
    const lacks = measures.flatMap((measure) => lackOf(measure, settings, hosts));
    if (lacks.length > 0) found.set(id, lacks);
  }
  return found;
}

interface Measure {
  readonly asked: "requests.cpu" | "requests.memory" | "requests.disk" | "requests.gpu";
  readonly limit?: "limits.cpu" | "limits.memory" | "limits.disk";
  readonly sizeOf: (host: HostSize) => number;
  readonly text: (amount: number) => string;
  readonly what: string;
}

const measures: readonly Measure[] = [
  { asked: "requests.cpu", limit: "limits.cpu", sizeOf: (host) => host.cores, text: String, what: "cores" },
  {
    asked: "requests.memory",
    limit: "limits.memory",
    sizeOf: (host) => host.memoryBytes,
    text: bytesText,
    what: "of memory",
  },
  { asked: "requests.disk", limit: "limits.disk", sizeOf: (host) => host.diskBytes, text: bytesText, what: "of disk" },
  { asked: "requests.gpu", sizeOf: (host) => host.gpus, text: String, what: "GPUs" },
];

/** What is asked for counts no further than what it is limited to, as where work is given out. */
function lackOf(
  { asked, limit, sizeOf, text, what }: Measure,
  settings: EffectiveSettings,
  hosts: readonly HostSize[],
): { source: string; message: string }[] {
  const most = limit === undefined ? undefined : settings.get(limit);
  const amount = Math.min(settings.get(asked) ?? 0, most ?? Number.POSITIVE_INFINITY);
  const largest = Math.max(...hosts.map(sizeOf));
  if (amount <= largest) return [];
  const message = `asks for ${text(amount)} ${what}, the largest agent has ${text(largest)}: it never starts`;
  return [{ source: settings.sourceOf(asked) ?? "", message }];
}
