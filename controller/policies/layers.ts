/** Who says something of a pipeline, the one that wins first. Pure. */
import {
  defaults,
  parseBytes,
  parseDurationSeconds,
  parsePercent,
  type PipelineConfigSpec,
  type PipelineId,
  type QueueConfiguration,
  type ResourcePolicySpec,
} from "@polyglot/contracts";
import { closeness, wholeId } from "./selects.ts";
import type { Said } from "./settings.ts";

export interface Layer {
  /** For people: `ResourcePolicy/etl`. */
  readonly source: string;
  readonly said: Said;
}

interface Named<Spec> {
  readonly name: string;
  readonly spec: Spec;
}
export type DeclaredConfig = Named<PipelineConfigSpec>;
export type DeclaredPolicy = Named<ResourcePolicySpec>;

export interface DeclaredPolicies {
  readonly configs: readonly DeclaredConfig[];
  readonly policies: readonly DeclaredPolicy[];
}

export const ownLines = "[Q] lines";

/** A pipeline's own lines, then what is closest to it of each kind, then what holds where nobody says anything. */
export function layersOf(id: PipelineId, own: QueueConfiguration, { configs, policies }: DeclaredPolicies): Layer[] {
  return [
    { source: ownLines, said: saidByLines(own) },
    ...closest(configs, ({ spec }) => closenessOfConfig(spec, id)).map(({ name, spec }) => ({
      source: `PipelineConfig/${name}`,
      said: saidByConfig(spec),
    })),
    ...closest(policies, ({ spec }) => closeness(spec.selector, id)).map(({ name, spec }) => ({
      source: `ResourcePolicy/${name}`,
      said: saidByPolicy(spec),
    })),
    { source: "default", said: saidByNobody },
  ];
}

function closenessOfConfig({ pipeline, selector }: PipelineConfigSpec, id: PipelineId): number | undefined {
  if (selector !== undefined) return closeness(selector, id);
  return pipeline === id ? wholeId : undefined;
}

/** Of two that are equally close, the first by name. */
function closest<Declared extends { readonly name: string }>(
  declared: readonly Declared[],
  closenessOf: (one: Declared) => number | undefined,
): Declared[] {
  const about = declared.flatMap((one) => {
    const close = closenessOf(one);
    return close === undefined ? [] : [{ one, close }];
  });
  return about.sort((a, b) => b.close - a.close || (a.one.name < b.one.name ? -1 : 1)).map(({ one }) => one);
}

/** A pipeline whose lines name no queue, and one whose lines name the default one, read the same in a plan. */
function saidByLines({ queue, priority, retry, kill }: QueueConfiguration): Said {
  const percent = kill?.memory_percent;
  return {
    queue: queue === defaults.queue ? undefined : queue,
    priority,
    "retry.maxAttempts": retry?.max_attempts,
    "retry.strategy": retry?.strategy,
    "retry.base": retry?.base_seconds,
    "retry.max": retry?.max_seconds,
    "retry.jitter": retry?.jitter,
    "kill.cpu": kill?.cpu_percent,
    "kill.memory": kill?.memory_bytes ?? (percent === undefined ? undefined : { percent }),
    "kill.timeout": kill?.timeout_seconds,
    "kill.strategy": kill?.strategy,
    "kill.gracePeriod": kill?.grace_seconds,
    "kill.handler": kill?.handler,
  };
}

function saidByConfig(spec: PipelineConfigSpec): Said {
  const { queue, priority, suspend, deploy, overlap, timezone, calendar, inputs, env, secrets } = spec;
  return {
    ...{ queue, priority, suspend, deploy, overlap, timezone, calendar },
    ...prefixed("inputs", inputs),
    ...prefixed("env", env),
    ...prefixed("secrets", secrets),
  };
}

function saidByPolicy({ requests, limits, kill, network, sandbox, learn }: ResourcePolicySpec): Said {
  return {
    ...{ network, sandbox, learn },
    "requests.cpu": requests?.cpu,
    "requests.memory": optBytes(requests?.memory),
    "requests.gpu": requests?.gpu,
    "requests.disk": optBytes(requests?.disk),
    "requests.output": optBytes(requests?.output),
    "requests.processes": requests?.processes,
    "limits.cpu": limits?.cpu,
    "limits.memory": optBytes(limits?.memory),
    "limits.disk": optBytes(limits?.disk),
    "limits.output": optBytes(limits?.output),
    "limits.processes": limits?.processes,
    "kill.cpu": kill?.cpu,
    "kill.memory": optAmount(kill?.memory),
    "kill.timeout": optSeconds(kill?.timeout),
    "kill.strategy": kill?.strategy,
    "kill.gracePeriod": optSeconds(kill?.gracePeriod),
  };
}

const saidByNobody: Said = {
  queue: defaults.queue,
  priority: 0,
  suspend: false,
  "retry.maxAttempts": defaults.maxAttempts,
  "retry.strategy": defaults.retryStrategy,
  "retry.base": defaults.retryBaseSeconds,
  "retry.max": defaults.retryMaxSeconds,
  "kill.strategy": "graceful",
  "kill.gracePeriod": defaults.graceSeconds,
  network: "all",
  sandbox: "none",
};

const prefixed = (group: string, values: object): Said =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${group}.${name}`, value])) as Said;

/** Whole, as limits and comparisons take them. */
function optBytes(text: string | undefined): number | undefined {
  const amount = text === undefined ? undefined : parseBytes(text);
  return amount === undefined ? undefined : Math.floor(amount);
}

function optAmount(text: string | undefined): Said["kill.memory"] {
  const percent = text === undefined ? undefined : parsePercent(text);
  return percent === undefined ? optBytes(text) : { percent };
}

const optSeconds = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : parseDurationSeconds(text);
