import { type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";
import type { PipelineDescription, TriggerNeed } from "@polyglot/contracts/service";
import { formatTable } from "./table.ts";

/** What it waits for, its settings, and who says each. */
export const pipelineDetails = (row: PipelineDescription, nowMs: number): string[] => [
  ...needLines(row.needs),
  ...settingLines(row, nowMs),
];

/** Where one event is enough there is nothing to wait for. */
function needLines(needs: readonly TriggerNeed[]): string[] {
  if (needs.length < 2 && needs.every(({ kind, waiting }) => kind === "event" && waiting === 0)) return [];
  const lines = needs.map((need) => `  ${need.triggers.join(" or ")}: ${needText(need)}`);
  return ["", standText(needs), ...lines];
}

/** `2 of 3 hold; waiting for T.System.File.Created data/*.csv since 2026-05-01T12:03:00Z` */
function standText(needs: readonly TriggerNeed[]): string {
  const missing = needs.filter(({ holds }) => !holds);
  const held = `${needs.length - missing.length} of ${needs.length} hold`;
  if (missing.length === 0) return held;
  // It waits since the first of the others has come; where nothing has come, since a condition ceased to hold.
  const come = needs.filter(({ holds, kind }) => holds && kind === "event");
  const times = (come.length > 0 ? come : missing).flatMap(({ since }) => (since === undefined ? [] : [timeOf(since)]));
  const [first] = times.toSorted();
  const names = missing.map(({ triggers }) => triggers.join(" or ")).join(", ");
  return `${held}; waiting for ${names}${first === undefined ? "" : ` since ${first}`}`;
}

function needText({ detail, holds, kind, since, waiting }: TriggerNeed): string {
  const time = since === undefined ? "" : ` since ${timeOf(since)}`;
  if (kind === "condition") return `${holds ? "holds" : "does not hold"}${time} (${detail})`;
  if (!holds) return "waiting for an event";
  return `${waiting === 1 ? "1 event" : `${waiting} events`}${time}`;
}

const timeOf = (time: Timestamp): string =>
  timestampDate(time)
    .toISOString()
    .replace(/\.\d+Z$/, "Z");

function settingLines({ settings }: PipelineDescription, nowMs: number): string[] {
  if (settings.length === 0) return [];
  const columns = [
    { title: "SETTING", text: (row: (typeof settings)[number]) => row.name },
    { title: "VALUE", text: (row: (typeof settings)[number]) => row.value },
    { title: "FROM", text: (row: (typeof settings)[number]) => row.source },
  ];
  return ["", formatTable(settings, columns, nowMs)];
}
