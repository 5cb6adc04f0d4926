import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { PipelineDescription, TriggerNeed } from "@polyglot/contracts/service";
import { formatTable } from "./table.ts";

/** What it waits for, its settings, and who says each. */
export const pipelineDetails = (row: PipelineDescription, nowMs: number): string[] => [
  ...needLines(row.needs),
  ...settingLines(row, nowMs),
];

/** Where one event is enough there is nothing to wait for. */
function needLines(needs: readonly TriggerNeed[]): string[] {
  if (needs.length < 2 && needs.every((need) => need.waiting === 0)) return [];
  const held = needs.filter((need) => need.waiting > 0);
  const lines = needs.map((need) => `  ${need.triggers.join(" or ")}: ${needText(need)}`);
  return ["", `${held.length} of ${needs.length} triggers have what they need`, ...lines];
}

function needText({ waiting, since }: TriggerNeed): string {
  if (waiting === 0 || since === undefined) return "waiting for an event";
  const events = waiting === 1 ? "1 event" : `${waiting} events`;
  return `${events} since ${timestampDate(since)
    .toISOString()
    .replace(/\.\d+Z$/, "Z")}`;
}

function settingLines({ settings }: PipelineDescription, nowMs: number): string[] {
  if (settings.length === 0) return [];
  const columns = [
    { title: "SETTING", text: (row: (typeof settings)[number]) => row.name },
    { title: "VALUE", text: (row: (typeof settings)[number]) => row.value },
    { title: "FROM", text: (row: (typeof settings)[number]) => row.source },
  ];
  return ["", formatTable(settings, columns, nowMs)];
}
