/** Checked pipelines to plans: the callee's bodies put in, runtimes named, digests taken. */
import {
  canonicalJson,
  digestOfPlan,
  type Plan,
  type PlanBody,
  type PlanDigest,
  planVersion,
  sha256,
} from "@polyglot/contracts";
import { type CheckedPipelines, calleesOf } from "../check/callees.ts";
import { type FileScope, usesUnresolved } from "../check/file-scope.ts";
import type { CheckedPipeline } from "../check/pipeline.ts";
import type { CompiledPipeline } from "../compile-result.ts";

/** Plans of all pipelines whose files have no errors. */
export function lowerAll(checked: readonly CheckedPipeline[]): CompiledPipeline[] {
  const byDeclaration = new Map(checked.map((item) => [item.declaration, item]));
  const texts: BodyTexts = new Map();
  return plannedOf(checked).map((item) => lower(item, byDeclaration, texts));
}

/** Those that get a plan. */
export function plannedOf(checked: readonly CheckedPipeline[]): CheckedPipeline[] {
  const byDeclaration = new Map(checked.map((item) => [item.declaration, item]));
  const files = new Set(checked.map((item) => item.declaration.file));
  const open = new Set([...files].filter(usesUnresolved));
  return checked.filter((item) => isPlanned(item, byDeclaration, open));
}

/**
 * Pipelines of imported repositories are parts of the plans that call them, and no more. `open` are the files of which
 * something is not at hand.
 */
function isPlanned(item: CheckedPipeline, all: CheckedPipelines, open: ReadonlySet<FileScope>): boolean {
  const { file } = item.declaration;
  if (file.repository !== undefined || file.findings.hasErrors || open.has(file)) return false;
  return calleesOf(item, all).every((callee) => !open.has(callee.declaration.file));
}

function lower(item: CheckedPipeline, all: CheckedPipelines, texts: BodyTexts): CompiledPipeline {
  const { declaration } = item;
  const callees = calleesOf(item, all);
  const bodies = callees.map((callee): [string, PlanBody] => [callee.declaration.id, calleeBody(callee)]);
  const plan: Plan = {
    version: planVersion,
    pipeline_id: declaration.id,
    ...item.body,
    triggers: [...item.triggers],
    queue: item.queue,
    callees: Object.fromEntries(bodies),
  };
  return {
    id: declaration.id,
    plan,
    digest: digestOf(plan, callees, texts),
    positions: item.positions,
    file: declaration.file.path,
    bundle: bundleOf(declaration.file),
    unimplemented: [...new Set([item, ...callees].flatMap((part) => [...part.unimplemented]))].toSorted(),
  };
}

/** Of a callee's settings only those of kills apply. */
function calleeBody({ body, queue }: CheckedPipeline): PlanBody {
  return queue.kill === undefined ? body : { ...body, kill: queue.kill };
}

/** The same as `digestOfPlan`, with the text of each body made once: many plans hold the same callees. */
function digestOf(plan: Plan, callees: readonly CheckedPipeline[], texts: BodyTexts): PlanDigest {
  if (callees.length === 0) return digestOfPlan(plan);
  const entries = callees.map((callee): [string, string] => [callee.declaration.id, textOf(callee, texts)]);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  const bodies = entries.map(([id, text]) => `${JSON.stringify(id)}:${text}`).join(",");
  // `callees` is the first key of the canonical form.
  const rest = canonicalJson({ ...plan, callees: {} }).slice('{"callees":{}'.length);
  return sha256(`{"callees":{${bodies}}${rest}`) as PlanDigest;
}

type BodyTexts = Map<CheckedPipeline, string>;

function textOf(callee: CheckedPipeline, texts: BodyTexts): string {
  const text = texts.get(callee) ?? canonicalJson(calleeBody(callee));
  texts.set(callee, text);
  return text;
}

function bundleOf(file: FileScope): CompiledPipeline["bundle"] {
  if (file.space === undefined) throw new Error(`${file.path} has a pipeline without namespace`);
  return file.space.bundle;
}
