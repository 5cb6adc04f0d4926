/** How queues fare, as messages. */
import type { QueueFigures } from "../observe/queue-figures.ts";
import type { QueueDefinition } from "../registry/queue-definition.ts";
import type { AgentRow } from "../store/listings.ts";

const limits = { pipelines: 100 } as const;

/** What the connected agents take at once. */
export const placesOf = (agents: readonly AgentRow[]): number =>
  agents.filter((one) => one.connected).reduce((sum, { hello }) => sum + Number(hello["capacity"] ?? 0), 0);

/** Nothing where nothing may run. */
export function utilisationOf({ spec }: QueueDefinition, running: number, places: number): number {
  const most = Math.min(spec.concurrency?.max ?? places, places);
  return most > 0 ? (running / most) * 100 : 0;
}

function toQueueFigures({ wait, processing, waiting, running, ...figures }: QueueFigures) {
  const { pipelineId, enqueuedPerSecond, startedPerSecond, settledPerSecond } = figures;
  return {
    ...{ pipelineId, enqueuedPerSecond, startedPerSecond, settledPerSecond },
    ...{ waiting: BigInt(waiting), running: BigInt(running) },
    ...(wait !== undefined && { wait }),
    ...(processing !== undefined && { processing }),
  };
}

/** Those of the whole, and those of its pipelines: the deepest and busiest first. */
export function splitFigures(figures: readonly QueueFigures[]) {
  const whole = figures.find(({ pipelineId }) => pipelineId === "");
  const pipelines = figures.filter(({ pipelineId }) => pipelineId !== "").sort(busiestFirst);
  return {
    ...(whole !== undefined && { figures: toQueueFigures(whole) }),
    pipelines: pipelines.slice(0, limits.pipelines).map(toQueueFigures),
  };
}

const busiestFirst = (a: QueueFigures, b: QueueFigures): number =>
  b.waiting - a.waiting || b.startedPerSecond - a.startedPerSecond || (a.pipelineId < b.pipelineId ? -1 : 1);
