/** What is seen now, as far as any alert asks, in one query for each kind of figure. */
import type { AlertMetric } from "@polyglot/contracts";
import {
  type AlertStateRow,
  type HostFigureRow,
  type LastOutcomes,
  type PipelineCosts,
  readHostFigures,
  readLastOutcomes,
  readPipelineCosts,
} from "../store/alerts.ts";
import { type QueueFigures, readFigures as readQueueFigures } from "../observe/queue-figures.ts";
import type { Queryable } from "../store/database.ts";
import { readAgents, readQueues, type QueueRow } from "../store/listings.ts";
import { readObjectsOfKind, type StoredObject } from "../store/objects.ts";
import type { DeclaredAlert } from "./declared-alerts.ts";
import type { Reading } from "./next-state.ts";
import { closeness } from "../policies/selects.ts";

const windows = { pipelineMs: 300_000, hostMs: 120_000 } as const;

export interface Figures {
  readonly queues: readonly QueueRow[];
  readonly recent: readonly QueueFigures[];
  readonly costs: readonly PipelineCosts[];
  readonly hosts: readonly HostFigureRow[];
  readonly connected: number;
  readonly outcomes: readonly LastOutcomes[];
  readonly repositories: readonly StoredObject[];
}

/** `outcomesSince`: executions that ended later are looked at. */
export async function readFigures(
  database: Queryable,
  alerts: readonly DeclaredAlert[],
  nowMs: number,
  outcomesSince: Date,
): Promise<Figures> {
  const asks = (prefix: string) => alerts.some(({ when }) => when.metric?.name.startsWith(prefix) === true);
  const isRecent = alerts.some(
    ({ when }) => when.metric !== undefined && Object.hasOwn(recentFigures, when.metric.name),
  );
  const since = (ms: number) => new Date(nowMs - ms);
  const [queues, recent, costs, hosts, agents, outcomes, repositories] = await Promise.all([
    asks("queue.") ? readQueues(database) : [],
    isRecent ? readQueueFigures(database, nowMs) : [],
    asks("pipeline.") ? readPipelineCosts(database, since(windows.pipelineMs)) : [],
    asks("host.") ? readHostFigures(database, since(windows.hostMs)) : [],
    asks("agents.") ? readAgents(database) : [],
    alerts.some(({ when }) => when.outcome !== undefined) ? readLastOutcomes(database, outcomesSince) : [],
    alerts.some(({ when }) => when.reconcile !== undefined) ? readObjectsOfKind(database, "GitRepository") : [],
  ]);
  return {
    queues,
    recent,
    costs,
    hosts,
    connected: agents.filter((one) => one.connected).length,
    outcomes,
    repositories,
  };
}

/** One for each subject that the alert is about. Pure. `states`: of this alert. */
export function readingsOf(
  { when, selector, queue }: DeclaredAlert,
  figures: Figures,
  states: ReadonlyMap<string, AlertStateRow>,
): Reading[] {
  const isAbout = (id: string) => selector === undefined || closeness(selector, id as never) !== undefined;
  if (when.outcome !== undefined) {
    const { outcome } = when;
    return figures.outcomes
      .filter((one) => isAbout(one.pipeline_id))
      .flatMap((one) => ofOutcome(one, one[`${outcome}_at`], states.get(one.pipeline_id)));
  }
  if (when.reconcile !== undefined) {
    const { reconcile } = when;
    return figures.repositories.map((one) => ofRepository(one, reconcile));
  }
  const { metric } = when;
  if (metric === undefined) return [];
  const { is, value: limit, clear = limit } = metric;
  return valuesOf(metric.name, figures)
    .filter(({ subject }) => (queue === undefined || subject === queue) && isAboutMetric(metric.name, subject, isAbout))
    .map(({ subject, value }) => {
      const isAbove = is === "above";
      return {
        subject,
        value,
        holds: isAbove ? value > limit : value < limit,
        clears: isAbove ? value <= clear : value >= clear,
      };
    });
}

const isAboutMetric = (name: AlertMetric, subject: string, isAbout: (id: string) => boolean): boolean =>
  !name.startsWith("pipeline.") || isAbout(subject);

/** Once for each bad end, and over when a later one is good. The value is when it last ended badly. */
function ofOutcome(ends: LastOutcomes, badAt: Date | null, before: AlertStateRow | undefined): Reading[] {
  const knownMs = before?.value ?? 0;
  const badMs = badAt?.getTime() ?? 0;
  const value = Math.max(badMs, knownMs);
  if (value === 0) return [];
  const clears = (ends.succeeded_at?.getTime() ?? 0) > value;
  const isNew = badMs > knownMs;
  const isStill = before !== undefined && before.state !== "resolved" && !clears;
  return [{ subject: ends.pipeline_id, value, holds: isNew || isStill, clears: clears && !isNew }];
}

function ofRepository({ name, conditions }: StoredObject, bad: "stalled" | "failed"): Reading {
  const status = (type: string) => conditions.find((one) => one.type === type)?.status;
  const holds = bad === "stalled" ? status("Stalled") === "True" : status("Ready") === "False";
  return { subject: name, value: holds ? 1 : 0, holds, clears: !holds };
}

interface Value {
  readonly subject: string;
  readonly value: number;
}

/** Those of the history of queues. Where nothing started or ended there is no value: what was bad about it is over. */
const recentFigures = {
  "queue.enqueued_per_second": (one) => one.enqueuedPerSecond,
  "queue.started_per_second": (one) => one.startedPerSecond,
  "queue.wait_p50_ms": (one) => one.wait?.p50Ms,
  "queue.wait_p95_ms": (one) => one.wait?.p95Ms,
  "queue.wait_p99_ms": (one) => one.wait?.p99Ms,
  "queue.processing_p95_ms": (one) => one.processing?.p95Ms,
  "queue.processing_p99_ms": (one) => one.processing?.p99Ms,
  "pipeline.depth": (one) => one.waiting,
  "pipeline.wait_p95_ms": (one) => one.wait?.p95Ms,
  "pipeline.processing_p95_ms": (one) => one.processing?.p95Ms,
} as const satisfies Partial<Record<AlertMetric, (one: QueueFigures) => number | undefined>>;

/** Of a pipeline in several queues, as after it moved, the worst. */
function ofRecent(name: keyof typeof recentFigures, recent: readonly QueueFigures[]): Value[] {
  const isOfQueues = name.startsWith("queue.");
  const values = new Map<string, number>();
  for (const one of recent) {
    const value = (one.pipelineId === "") === isOfQueues ? recentFigures[name](one) : undefined;
    const subject = isOfQueues ? one.queue : one.pipelineId;
    if (value !== undefined) values.set(subject, Math.max(value, values.get(subject) ?? value));
  }
  return [...values].map(([subject, value]) => ({ subject, value }));
}

function valuesOf(name: AlertMetric, figures: Figures): Value[] {
  const ofQueues = (pick: (row: QueueRow) => number) =>
    figures.queues.map((row) => ({ subject: row.name, value: pick(row) }));
  const ofPipelines = (pick: (row: PipelineCosts) => number) =>
    figures.costs.map((row) => ({ subject: row.pipeline_id, value: pick(row) }));
  switch (name) {
    case "queue.depth":
      return ofQueues((row) => row.waiting);
    case "queue.running":
      return ofQueues((row) => row.running);
    case "queue.oldest_wait_seconds":
      return ofQueues((row) => row.oldest_wait_seconds);
    case "queue.dead_letters":
      return ofQueues((row) => row.dead_letters);
    case "pipeline.duration_ms":
      return ofPipelines((row) => row.duration_ms);
    case "pipeline.cpu_time_ms":
      return ofPipelines((row) => row.cpu_time_ms);
    case "pipeline.memory_peak_mb":
      return ofPipelines((row) => row.memory_peak_mb);
    case "queue.enqueued_per_second":
    case "queue.started_per_second":
    case "queue.wait_p50_ms":
    case "queue.wait_p95_ms":
    case "queue.wait_p99_ms":
    case "queue.processing_p95_ms":
    case "queue.processing_p99_ms":
    case "pipeline.depth":
    case "pipeline.wait_p95_ms":
    case "pipeline.processing_p95_ms":
      return ofRecent(name, figures.recent);
    case "host.cpu_percent":
      return ofHosts(figures.hosts, (of) => of("cpu_percent"));
    case "host.memory_percent":
      return ofHosts(figures.hosts, (of) => share(of("memory_used_bytes"), of("memory_total_bytes")));
    case "host.disk_free_percent":
      return ofHosts(figures.hosts, (of) => share(of("disk_free_bytes"), of("disk_total_bytes")));
    case "agents.connected":
      return [{ subject: "", value: figures.connected }];
  }
}

const share = (part: number | undefined, whole: number | undefined): number | undefined =>
  part === undefined || whole === undefined || whole === 0 ? undefined : (part / whole) * 100;

function ofHosts(
  rows: readonly HostFigureRow[],
  pick: (of: (name: string) => number | undefined) => number | undefined,
): Value[] {
  return [...Map.groupBy(rows, (row) => row.agent_id)].flatMap(([subject, own]) => {
    const value = pick((name) => own.find((row) => row.name === name)?.value);
    return value === undefined ? [] : [{ subject, value }];
  });
}
