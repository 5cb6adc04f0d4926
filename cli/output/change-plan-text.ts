/** What an apply would change, for people: each object, what is another in it, and what that means for what runs. */
import { toJson } from "@bufbuild/protobuf";
import { timestampDate, type Timestamp, type Value, ValueSchema } from "@bufbuild/protobuf/wkt";
import type { Plan } from "@polyglot/contracts";
import type { FieldChange, PlanChangesResponse, PlannedChange, RunEffects } from "@polyglot/contracts/service";
import { colourFor } from "./colour.ts";
import { flowDifference } from "./flow/flow-difference.ts";

const signs: Readonly<Record<string, string>> = { created: "+", changed: "~", removed: "-", refused: "!" };
const colours: Readonly<Record<string, string>> = { "+": "succeeded", "-": "failed", "~": "waiting", "!": "failed" };

export function changePlanText(plan: PlanChangesResponse): string {
  const lines = plan.changes.flatMap((change) => [headline(change), ...detailLines(change)]);
  return [...lines, summary(plan)].join("\n");
}

function headline({ kind, name, change }: PlannedChange): string {
  const sign = signs[change] ?? "?";
  const said = change === "refused" ? ": another repository owns it" : "";
  return colourFor(colours[sign] ?? "", `${sign} ${kind}/${name} ${change}${said}`);
}

function detailLines(change: PlannedChange): string[] {
  const { fields, planBefore, planAfter, files, effects } = change;
  const flow = planBefore === planAfter ? [] : flowDifference(parsePlan(planBefore), parsePlan(planAfter));
  return [
    ...fields.map(fieldLine),
    ...flow.map(coloured),
    ...files.map((file) => `${signs[file.change] ?? "?"} file ${file.path}`),
    ...(effects === undefined ? [] : effectLines(change, effects)),
  ].map((line) => `    ${line}`);
}

const parsePlan = (text: string): Plan | undefined => (text === "" ? undefined : (JSON.parse(text) as Plan));

function coloured(line: string): string {
  return colourFor(colours[line[0] ?? ""] ?? "", line);
}

function fieldLine({ path, before, after }: FieldChange): string {
  if (before === undefined) return `+ ${path}: ${valueOf(after)}`;
  if (after === undefined) return `- ${path}: ${valueOf(before)}`;
  return `~ ${path}: ${valueOf(before)} -> ${valueOf(after)}`;
}

const valueOf = (value: Value | undefined): string =>
  value === undefined ? "" : JSON.stringify(toJson(ValueSchema, value));

function effectLines({ change }: PlannedChange, effects: RunEffects): string[] {
  const { running, waiting, schedules, refusals } = effects;
  const open = [count(running, "running"), count(waiting, "waiting")].filter((text) => text !== "");
  const keeps = change === "removed" ? "go on with their plan" : "keep the plan that they began with";
  return [
    ...(open.length === 0 ? [] : [`> ${open.join(", ")} ${keeps}`]),
    ...moveLines(effects),
    ...refusals.map((sentence) => coloured(`! ${sentence}`)),
    ...schedules.flatMap(({ trigger, before, after }) => [
      ...(before.length === 0 ? [] : [`> |${trigger} fires no more at ${times(before)}`]),
      ...(after.length === 0 ? [] : [`> |${trigger} fires at ${times(after)}`]),
    ]),
  ];
}

/** Those that come first from then on are enough to see what happens. */
function moveLines({ moved, moves }: RunEffects): string[] {
  if (moved === 0n) return [];
  const shown = moves.slice(0, shownMoves);
  const more = moved - BigInt(shown.length);
  return [
    `> ${moved} waiting ${moved === 1n ? "execution stands" : "executions stand"} elsewhere`,
    ...shown.map(
      ({ executionId, pipelineId, before, after }) => `    ${before} -> ${after}  ${executionId} ${pipelineId}`,
    ),
    ...(more === 0n ? [] : [`    and ${more} more`]),
  ];
}

const shownMoves = 10;

const count = (amount: bigint, what: string): string => (amount === 0n ? "" : `${amount} ${what}`);

const times = (given: readonly Timestamp[]): string =>
  given.map((time) => timestampDate(time).toISOString()).join(", ");

function summary({ changes, unchanged, hash }: PlanChangesResponse): string {
  const amounts = ["created", "changed", "removed", "refused"].flatMap((word) => {
    const amount = changes.filter(({ change }) => change === word).length;
    return amount === 0 ? [] : [`${amount} ${word}`];
  });
  if (amounts.length === 0) return `nothing to change, ${unchanged} as they are`;
  return `${amounts.join(", ")}, ${unchanged} as they are; plan ${hash}`;
}
