/** What a pipeline waits for, and what of it has come or holds. */
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { splitPipelineId, type TriggerRegistration } from "@polyglot/contracts";
import { type TriggerNeed, TriggerNeedSchema } from "@polyglot/contracts/service";
import { shardOfTriggers } from "../leader/shard-names.ts";
import type { Queryable } from "../store/database.ts";
import { type LatchedEvent, readLatched } from "../store/latched-events.ts";
import type { RegisteredPipeline } from "../triggers/catalog.ts";
import type { ConditionBook } from "../triggers/conditions/condition-book.ts";
import { type Condition, conditionOf, everywhere } from "../triggers/conditions/condition.ts";
import { heldSites } from "../triggers/conditions/held.ts";
import type { Standing } from "../triggers/conditions/standing.ts";
import { type Need, needsOf } from "../triggers/needs.ts";
import { apiError } from "./api-error.ts";
import { optional } from "./to-message.ts";

export type Conditions = Pick<ConditionBook, "standingsOf" | "problemsOf">;

export async function listNeeds(
  database: Queryable,
  pipeline: RegisteredPipeline,
  book: Conditions,
): Promise<TriggerNeed[]> {
  const { id, plan } = pipeline;
  const shard = shardOfTriggers(splitPipelineId(id).namespace);
  const events = await readLatched(database, [shard], id);
  return needsOf(plan).all.map((need) => {
    const state = need.kind === "event" ? stateOfEvents(need, events) : stateOfConditions(need, pipeline, book);
    const { key, kind } = need;
    return create(TriggerNeedSchema, { key, kind, triggers: need.triggers.map(triggerText), ...state });
  });
}

/** Refuses a start by hand while the pipeline's conditions do not hold together anywhere. */
export function demandConditions(pipeline: RegisteredPipeline, book: Conditions): void {
  const needs = needsOf(pipeline.plan).all.filter(({ kind }) => kind === "condition");
  if (needs.length === 0 || heldSites(pipeline, needs, book).length > 0) return;
  const texts = needs.map((need) => {
    const { holds, detail } = stateOfConditions(need, pipeline, book);
    return `${need.triggers.map(triggerText).join(" or ")} ${holds ? "holds" : "does not hold"} (${detail})`;
  });
  throw apiError("pipeline/conditions", `the conditions of ${pipeline.id} do not hold: ${texts.join("; ")}`);
}

function stateOfEvents(need: Need, events: readonly LatchedEvent[]) {
  const keys = new Set(need.triggers.map((trigger) => trigger.key));
  const waiting = events.filter((event) => keys.has(event.triggerKey));
  return { waiting: waiting.length, holds: waiting.length > 0, ...sinceOf(waiting[0]?.atMs) };
}

function stateOfConditions(need: Need, pipeline: RegisteredPipeline, book: Conditions) {
  const conditions = need.triggers.flatMap((trigger) => conditionOf(trigger, pipeline.plan) ?? []);
  const standings = conditions.flatMap((condition) => [...book.standingsOf(condition)]);
  const holds = heldSites(pipeline, [need], book).length > 0;
  const counted = standings.filter(([, { state }]) => (state === "on") === holds);
  const sinceMs = counted.length === 0 ? undefined : Math.min(...counted.map(([, standing]) => standing.sinceMs));
  const detail = conditions.flatMap((condition) => detailsOf(condition, book)).join(", ");
  return { holds, detail: detail === "" ? "no host has told yet" : detail, ...sinceOf(sinceMs) };
}

const shownHosts = 5;

/** `web-1: 93.1`; of a check a word. */
export function detailsOf(condition: Condition, book: Conditions): string[] {
  const problems = book.problemsOf(condition);
  const texts = [...book.standingsOf(condition)].map(([site, standing]) => {
    const problem = problems.get(site);
    const text = problem === undefined ? standingText(condition, standing) : `cannot be looked at: ${problem}`;
    return site === everywhere ? text : `${site}: ${text}`;
  });
  const left = texts.length - shownHosts;
  return left > 0 ? [...texts.slice(0, shownHosts), `${left} more`] : texts;
}

function standingText({ threshold }: Condition, { state, value }: Standing): string {
  const words = { on: "holds", pending: "holds, not for long enough yet", off: "does not hold" } as const;
  const figure = threshold === undefined ? "" : `${Number(value.toFixed(1))}, `;
  return `${figure}${words[state]}`;
}

const sinceOf = (atMs: number | undefined) =>
  optional({ since: atMs === undefined ? undefined : timestampFromMs(Math.round(atMs)) });

/** Its name and its first argument: what a person knows it by. */
function triggerText({ name, arguments: given }: TriggerRegistration): string {
  const first = Object.values(given).find((value) => typeof value === "string" || typeof value === "number");
  return first === undefined ? name : `${name} ${first}`;
}
