/** What of a pipeline's settings travels with each attempt, and what of them people read. */
import { create } from "@bufbuild/protobuf";
import {
  type EffectiveSetting,
  EffectiveSettingSchema,
  type ExecutionSettings,
  ExecutionSettingsSchema,
  type KillRules,
  KillRulesSchema,
  type ResourceLimits,
  ResourceLimitsSchema,
} from "@polyglot/contracts/service";
import type { EffectiveSettings } from "../policies/effective-settings.ts";
import { textOfSetting } from "../policies/settings.ts";
import type { Demand } from "../queue/admission/demand.ts";
import { optional } from "./to-message.ts";

const made = new WeakMap<EffectiveSettings, ExecutionSettings | null>();

/** Undefined where objects say nothing beyond the plan. Made once: the same goes out with every attempt. */
export function toExecutionSettings(settings: EffectiveSettings): ExecutionSettings | undefined {
  const known = made.get(settings);
  if (known !== undefined) return known ?? undefined;
  const message = settings.isBeyondPlan ? createSettings(settings) : undefined;
  made.set(settings, message ?? null);
  return message;
}

const createSettings = (settings: EffectiveSettings): ExecutionSettings =>
  create(ExecutionSettingsSchema, {
    kill: killRules(settings),
    limits: resourceLimits(settings),
    env: settings.env,
    ...optional({ network: settings.get("network"), sandbox: settings.get("sandbox") }),
  });

function killRules(settings: EffectiveSettings): KillRules {
  const memory = settings.get("kill.memory");
  return create(KillRulesSchema, {
    ...optional({
      timeoutSeconds: settings.get("kill.timeout"),
      graceSeconds: settings.get("kill.gracePeriod"),
      strategy: settings.get("kill.strategy"),
      cpuPercent: settings.get("kill.cpu"),
      memoryBytes: typeof memory === "number" ? memory : undefined,
      memoryPercent: typeof memory === "object" ? memory.percent : undefined,
      handler: settings.get("kill.handler"),
    }),
  });
}

function resourceLimits(settings: EffectiveSettings): ResourceLimits {
  const big = (name: "limits.memory" | "limits.disk" | "limits.output"): bigint | undefined => {
    const amount = settings.get(name);
    return amount === undefined ? undefined : BigInt(amount);
  };
  return create(ResourceLimitsSchema, {
    ...optional({
      cpu: settings.get("limits.cpu"),
      memoryBytes: big("limits.memory"),
      diskBytes: big("limits.disk"),
      outputBytes: big("limits.output"),
      processes: settings.get("limits.processes"),
    }),
  });
}

/** `learned`: what is set aside by what runs took, in place of what objects ask for. */
export const toSettingList = (settings: EffectiveSettings, learned?: Demand): EffectiveSetting[] =>
  withLearned(settings, learned).map(({ name, value, source }) =>
    create(EffectiveSettingSchema, { name, value: textOfSetting(name, value), source }),
  );

function withLearned(settings: EffectiveSettings, learned: Demand | undefined): ReturnType<EffectiveSettings["list"]> {
  if (learned?.learnedRuns === undefined) return settings.list();
  const { requests, learnedRuns } = learned;
  const source = `${learnedRuns} runs, as ${settings.sourceOf("learn")} learns`;
  const own = { "requests.cpu": requests.cores, "requests.memory": requests.memoryBytes };
  const corrected = Object.entries(own).map(([name, value]) => ({ name, value, source }));
  return [...settings.list().filter(({ name }) => !(name in own)), ...corrected].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}
