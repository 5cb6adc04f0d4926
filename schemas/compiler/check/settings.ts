/** `[Q]` lines of a pipeline to the queue configuration of its plan. */
import {
  type CanonicalValue,
  defaults,
  parseBytes,
  parsePercent,
  type PipelineId,
  type PlanInput,
  type QueueConfiguration,
} from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import { nearestName } from "../diagnose/nearest.ts";
import type { LibraryEntry } from "../stdlib/entry.ts";
import { findLibraryEntry } from "../stdlib/registry.ts";
import type { CallNode, LineNode } from "../syntax/tree.ts";
import { noteLibraryUse } from "./library-call.ts";
import type { CheckContext } from "./context.ts";
import type { PipelineDeclaration } from "./file-scope.ts";
import { reportUnknownLibraryName } from "./library-name.ts";
import { constantArguments } from "./constant-arguments.ts";
import { checkNamedPipeline } from "./named-pipeline.ts";
import { SettingDraft } from "./setting-draft.ts";
import { type DraftedLimits, limitsOf, secondsAs } from "./setting-limits.ts";
import { memberOf, secondsOf, type SettingPlace, settingsOfQueues, type SettingValues } from "./setting-fields.ts";

export function checkSettings(
  { id, node: { queue: lines, name } }: PipelineDeclaration,
  inputs: readonly PlanInput[],
  context: CheckContext,
): QueueConfiguration {
  const configuration: QueueConfiguration = { queue: defaults.queue };
  const draft = new SettingDraft(context);
  let handler: PipelineId | undefined;
  for (const { node, entry, values } of readSettings(lines, context)) {
    noteLibraryUse(node, entry, context);
    if (settingsOfQueues.has(entry.name)) context.findings.report(problems.ofQueueAlone, node.name, node.name.text);
    if (entry.runs !== undefined) handler = checkNamedPipeline(node, entry, [], context);
    const [value] = Object.values(values);
    if (value !== undefined) applyByName[entry.name]?.(configuration, value, { at: node, context });
    checkKey(values["key"], inputs, { at: node, context });
    draft.add(node, entry.name, values);
  }
  const decides = (): boolean => draft.has("Queue", ["retry", "base"]) && draft.has("Queue", ["retry", "max"]);
  draft.parse({ kind: "Queue", name: defaults.queue, spec: draft.specOf("Queue") }, name, decides);
  const policy = { ...draft.specOf("ResourcePolicy"), selector: { pipelines: [id] } };
  // A handler may be that of a policy, so the rules between two fields are not these lines' to decide.
  draft.parse({ kind: "ResourcePolicy", name: "lines", spec: policy }, name, () => false);
  const queue: DraftedQueue = draft.specOf("Queue");
  const kill = killOf(draft.specOf("ResourcePolicy"), handler);
  return { ...configuration, ...limitsOf(queue), ...retryOf(queue), ...deadLetterOf(queue), ...kill };
}

/** A setting that goes by the value of an input names one that there is. */
function checkKey(key: CanonicalValue | undefined, inputs: readonly PlanInput[], { at, context }: SettingPlace): void {
  if (typeof key !== "string") return;
  const names = inputs.map(({ name }) => name);
  if (!names.includes(key)) context.findings.report(problems.bindsUnknownInput, at, key, nearestName(key, names));
}

interface Setting {
  readonly node: CallNode;
  readonly entry: LibraryEntry;
  readonly values: SettingValues;
}

/** Settings with their arguments; what is none, or stands twice, is reported. */
export function readSettings(lines: readonly LineNode[], context: CheckContext): Setting[] {
  const seen = new Set<string>();
  return lines.flatMap(({ body }) => {
    const entry = body?.kind === "call" ? findSetting(body, context) : undefined;
    if (body?.kind !== "call" || entry === undefined) return [];
    if (seen.has(entry.name)) context.findings.report(problems.duplicateSetting, body.name, body.name.text);
    const isFirst = !seen.has(entry.name);
    seen.add(entry.name);
    const errorsBefore = context.findings.errors;
    const values = constantArguments(body, entry, context);
    // A value in error has been reported: it is not held against the schema as well.
    const isRead = isFirst && context.findings.errors === errorsBefore;
    return isRead ? [{ node: body, entry, values }] : [];
  });
}

function findSetting(node: CallNode, context: CheckContext): LibraryEntry | undefined {
  const entry = node.space === undefined ? findLibraryEntry(node.name.text) : undefined;
  if (entry?.kind === "setting") return entry;
  if (entry === undefined) reportUnknownLibraryName(node, "[Q]", "|Q.…", context);
  else context.findings.report(problems.wrongCall, node.name, "[Q]", "|Q.…", node.name.text);
  return undefined;
}

type Apply = (configuration: QueueConfiguration, value: CanonicalValue, place: SettingPlace) => void;

/** Settings that no declared kind has, by their canonical name. */
const applyByName: Readonly<Record<string, Apply>> = {
  "Q.ToQueue": (configuration, value, place) => {
    const queue = memberOf(value, "Queue", place);
    if (queue !== undefined) configuration.queue = queue;
  },
  "Q.Priority": (configuration, value) => {
    if (typeof value === "number") configuration.priority = value;
  },
  "Q.Deadline": (configuration, value, place) => {
    const at = value !== null && typeof value === "object" && "$datetime" in value ? value.$datetime : undefined;
    const after = at === undefined ? secondsOf(value, "the deadline", place) : undefined;
    if (typeof at === "string") configuration.deadline = { at };
    if (after !== undefined) configuration.deadline = { after_seconds: after };
  },
  "Q.Checkpoint": (configuration, value) => {
    if (value === true) configuration.checkpoint = true;
  },
};

/** What the lines set, under the plan's names. Values that the schema refused do not matter: such a plan is not made. */
interface Drafted {
  readonly maxAttempts?: number;
  readonly strategy?: string;
  readonly base?: string;
  readonly max?: string;
  readonly jitter?: number;
  readonly timeout?: string;
  readonly gracePeriod?: string;
  readonly cpu?: number;
  readonly memory?: string;
}

interface DraftedQueue extends DraftedLimits {
  readonly retry?: Drafted;
  readonly deadLetter?: { readonly queue?: string };
}

const deadLetterOf = ({ deadLetter }: DraftedQueue): Pick<QueueConfiguration, "dead_letter_queue"> =>
  deadLetter?.queue === undefined ? {} : { dead_letter_queue: deadLetter.queue };

function retryOf({ retry }: DraftedQueue): Pick<QueueConfiguration, "retry"> {
  if (retry === undefined) return {};
  const { maxAttempts, strategy, base, max, jitter } = retry;
  return {
    retry: {
      ...(maxAttempts !== undefined && { max_attempts: maxAttempts }),
      ...(strategy !== undefined && { strategy: strategy as RetryStrategy }),
      ...secondsAs("base_seconds", base),
      ...secondsAs("max_seconds", max),
      ...(jitter !== undefined && { jitter }),
    },
  };
}

/** `handler`: the id of the pipeline that a line names; without another strategy it is why there is one. */
function killOf(
  { kill }: { readonly kill?: Drafted },
  handler: PipelineId | undefined,
): Pick<QueueConfiguration, "kill"> {
  const { timeout, gracePeriod, cpu, memory, ...drafted } = kill ?? {};
  const strategy = drafted.strategy ?? (handler === undefined ? undefined : "custom-handler");
  const fields = {
    ...secondsAs("timeout_seconds", timeout),
    ...secondsAs("grace_seconds", gracePeriod),
    ...(strategy !== undefined && { strategy: strategy as KillStrategy }),
    ...(cpu !== undefined && { cpu_percent: cpu }),
    ...memoryOf(memory),
    ...(handler !== undefined && { handler }),
  };
  return Object.keys(fields).length === 0 ? {} : { kill: fields };
}

function memoryOf(text: string | undefined): Pick<KillConfiguration, "memory_bytes" | "memory_percent"> {
  if (text === undefined) return {};
  const percent = parsePercent(text);
  if (percent !== undefined) return { memory_percent: percent };
  const bytes = parseBytes(text);
  return bytes === undefined ? {} : { memory_bytes: Math.floor(bytes) };
}

type RetryStrategy = NonNullable<NonNullable<QueueConfiguration["retry"]>["strategy"]>;
type KillConfiguration = NonNullable<QueueConfiguration["kill"]>;
type KillStrategy = NonNullable<KillConfiguration["strategy"]>;
