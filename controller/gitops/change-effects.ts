/** What changes are in detail, and what they mean for executions and schedules that are there. */
import type { JsonValue } from "@bufbuild/protobuf";
import { type BundleDigest, canonicalJson, type FileSet, readBundle, type Plan } from "@polyglot/contracts";
import { isSchedule, nextTime, parseSchedule } from "@polyglot/contracts/schedule";
import type { Database } from "../store/database.ts";
import { countOpenExecutions, type OpenExecutions } from "../store/executions.ts";
import type { PlanCache } from "../store/plan-cache.ts";
import { readBundleArchive } from "../store/plans.ts";
import { registrationsOf } from "../triggers/registrations.ts";
import { AdmissionEffects } from "./admission-effects.ts";
import type { ChangePlan } from "./change-planner.ts";
import type { Change } from "./difference.ts";
import { type FieldChange, fieldChanges } from "./field-changes.ts";
import type { QueueEffects } from "./queue-effects.ts";

const limits = {
  /** Files of one change that are named. */
  files: 100,
  /** Times of a schedule that are shown. */
  times: 3,
} as const;

export interface ChangeDetails {
  readonly change: Exclude<Change, { kind: "unchanged" | "moved" }>;
  readonly fields: readonly FieldChange[];
  /** Canonical JSON; undefined where there is none. */
  readonly planBefore: string | undefined;
  readonly planAfter: string | undefined;
  readonly files: readonly FileChange[];
  readonly open: OpenExecutions;
  readonly schedules: readonly FireTimes[];
  /** What waits and would stand elsewhere, and what would not start or be let in any more. */
  readonly admission: QueueEffects;
}

export interface FileChange {
  readonly path: string;
  readonly change: "created" | "changed" | "removed";
}

export interface FireTimes {
  readonly trigger: string;
  readonly before: readonly Date[];
  readonly after: readonly Date[];
}

export interface EffectParts {
  readonly database: Database;
  readonly plans: PlanCache;
  readonly now: number;
}

export async function describeChanges({ changes, bundles }: ChangePlan, parts: EffectParts): Promise<ChangeDetails[]> {
  const told = changes.filter(
    (change): change is ChangeDetails["change"] => change.kind !== "unchanged" && change.kind !== "moved",
  );
  await parts.plans.load(told.flatMap(planDigestBefore));
  const open = await countOpenExecutions(parts.database, told.flatMap(pipelineIdOf));
  const archives = new BundleFiles(parts.database, bundles);
  const admission = await AdmissionEffects.read(told, parts);
  const details: ChangeDetails[] = [];
  for (const change of told) details.push(await describe(change, open, admission, archives, parts));
  return details;
}

async function describe(
  change: ChangeDetails["change"],
  open: ReadonlyMap<string, OpenExecutions>,
  admission: AdmissionEffects,
  archives: BundleFiles,
  { plans, now }: EffectParts,
): Promise<ChangeDetails> {
  const [id = ""] = pipelineIdOf(change);
  const before = plans.get(planDigestBefore(change)[0] ?? "");
  const after = "desired" in change ? change.desired.pipeline : undefined;
  const isPipeline = id !== "";
  const isOther = before !== undefined && after !== undefined && before.bundleDigest !== after.bundle;
  return {
    change,
    fields: isPipeline ? [] : fieldChanges(specBefore(change), specAfter(change)),
    planBefore: before === undefined ? undefined : canonicalJson(before.plan),
    planAfter: after === undefined ? undefined : canonicalJson(after.plan),
    files: isOther ? fileChanges(await archives.of(before.bundleDigest), await archives.of(after.bundle)) : [],
    open: open.get(id) ?? { running: 0, waiting: 0 },
    schedules: fireTimes(before?.plan, after?.plan, now),
    admission: admission.of(change),
  };
}

function pipelineIdOf(change: Change): string[] {
  const { kind, namespace, name } = "desired" in change ? change.desired : change.actual;
  return kind === "Pipeline" ? [`${namespace}#${name}`] : [];
}

function planDigestBefore(change: Change): string[] {
  if (!("actual" in change) || change.actual.kind !== "Pipeline") return [];
  return [change.actual.spec_digest];
}

const specBefore = (change: Change) => ("actual" in change ? (change.actual.spec as JsonValue) : {});
const specAfter = (change: Change) => ("desired" in change ? (change.desired.spec as JsonValue) : {});

/** Files of bundles, each archive read once: pipelines of a namespace share one. */
class BundleFiles {
  readonly #database: Database;
  readonly #fresh: ChangePlan["bundles"];
  readonly #read = new Map<BundleDigest, FileSet>();

  constructor(database: Database, fresh: ChangePlan["bundles"]) {
    this.#database = database;
    this.#fresh = fresh;
  }

  async of(digest: BundleDigest): Promise<FileSet> {
    const known = this.#read.get(digest);
    if (known !== undefined) return known;
    const archive = this.#fresh.get(digest)?.archive ?? (await readBundleArchive(this.#database, digest));
    const files = archive === undefined ? new Map<string, Uint8Array>() : readBundle(archive);
    this.#read.set(digest, files);
    return files;
  }
}

export function fileChanges(before: FileSet, after: FileSet): FileChange[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  const changes = paths.flatMap((path): FileChange[] => {
    const [old, fresh] = [before.get(path), after.get(path)];
    if (old === undefined) return [{ path, change: "created" }];
    if (fresh === undefined) return [{ path, change: "removed" }];
    return Buffer.compare(old, fresh) === 0 ? [] : [{ path, change: "changed" }];
  });
  return changes.slice(0, limits.files);
}

/** Schedules that fire at other times, by their key: one with other arguments is another one. */
export function fireTimes(before: Plan | undefined, after: Plan | undefined, now: number): FireTimes[] {
  const [old, fresh] = [schedulesOf(before, now), schedulesOf(after, now)];
  const gone = [...old].filter(([key]) => !fresh.has(key));
  const come = [...fresh].filter(([key]) => !old.has(key));
  return [
    ...gone.map(([, { trigger, times }]) => ({ trigger, before: times, after: [] })),
    ...come.map(([, { trigger, times }]) => ({ trigger, before: [], after: times })),
  ];
}

function schedulesOf(plan: Plan | undefined, now: number): Map<string, { trigger: string; times: Date[] }> {
  const triggers = plan === undefined ? [] : registrationsOf(plan).filter(({ name }) => isSchedule(name));
  return new Map(
    triggers.map(({ key, name, arguments: given }) => {
      const parsed = parseSchedule(name, given);
      const times: Date[] = [];
      if (parsed !== undefined && !("fault" in parsed)) {
        for (let at = now; times.length < limits.times; ) {
          const next = nextTime(parsed.value, at, now);
          if (next === undefined) break;
          times.push(new Date(next));
          at = next;
        }
      }
      return [key, { trigger: name, times }];
    }),
  );
}
