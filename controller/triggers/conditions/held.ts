/** Which of a pipeline's conditions hold, and where its execution could run by them. Pure. */
import type { CanonicalValue, PipelineId, Plan } from "@polyglot/contracts";
import type { LatchedEvent } from "../../store/latched-events.ts";
import type { Unit } from "../gather.ts";
import { type Need, needsOf } from "../needs.ts";
import type { ConditionBook } from "./condition-book.ts";
import { conditionOf, everywhere } from "./condition.ts";
import type { Standing } from "./standing.ts";

export type Standings = Pick<ConditionBook, "standingsOf">;

/** All of them hold, together at one site. */
export interface Held {
  /** The host; empty: whichever. */
  readonly site: string;
  /** One of each need, as an event of it would be. */
  readonly units: readonly Unit[];
}

type Pipeline = { readonly id: PipelineId; readonly plan: Plan };

/** Where all of these needs hold now: one for each host, or a single one where no host is to be chosen. */
export function heldSites({ id, plan }: Pipeline, needs: readonly Need[], book: Standings): Held[] {
  const found = needs.map((need) => new Map(need.triggers.flatMap((trigger) => sitesOf(trigger, id, plan, book))));
  const [first, ...rest] = found.filter((sites) => !sites.has(everywhere));
  const hosts = [...(first?.keys() ?? [])].filter((host) => rest.every((sites) => sites.has(host))).toSorted();
  const sites = first === undefined ? [everywhere] : hosts;
  return sites.map((site) => ({
    site,
    units: found.flatMap((one) => one.get(site) ?? one.get(everywhere) ?? []),
  }));
}

/** Whether the conditions of a pipeline that events activate hold: on their host, where they name one. */
export function heldBeside(pipeline: Pipeline, host: string | null, book: Standings): Held | undefined {
  const needs = needsOf(pipeline.plan).all.filter(({ kind }) => kind === "condition");
  const sites = heldSites(pipeline, needs, book);
  return host === null ? sites[0] : sites.find(({ site }) => site === everywhere || site === host);
}

/** Checks have no context. */
export const telling = (units: readonly Unit[]): Unit[] =>
  units.filter(({ trigger }) => trigger.name.startsWith("T.System."));

function sitesOf(
  trigger: Need["triggers"][number],
  pipelineId: PipelineId,
  plan: Plan,
  book: Standings,
): [string, Unit][] {
  const condition = conditionOf(trigger, plan);
  if (condition === undefined) return [];
  return [...book.standingsOf(condition)].flatMap(([site, standing]) =>
    standing.state === "on" ? [[site, unitOf(trigger, pipelineId, site, standing)] as [string, Unit]] : [],
  );
}

function unitOf(trigger: Unit["trigger"], pipelineId: PipelineId, site: string, standing: Standing): Unit {
  const event: LatchedEvent = {
    eventId: "",
    pipelineId,
    triggerKey: trigger.key,
    fields: fieldsOf(site, standing),
    host: site === everywhere ? null : site,
    correlation: "",
    atMs: standing.sinceMs,
  };
  return { trigger, events: [event], isBatch: false };
}

export function fieldsOf(site: string, { value, sinceMs }: Standing): Readonly<Record<string, CanonicalValue>> {
  return {
    value: Number.isInteger(value) ? { $float: String(value) } : value,
    host: site,
    timestamp: { $datetime: new Date(sinceMs).toISOString() },
  };
}
