import type { PipelineDescription } from "@polyglot/contracts/service";
import { formatTable } from "./table.ts";

/** Its settings, and who says each. */
export function pipelineDetails({ settings }: PipelineDescription, nowMs: number): string[] {
  if (settings.length === 0) return [];
  const columns = [
    { title: "SETTING", text: (row: (typeof settings)[number]) => row.name },
    { title: "VALUE", text: (row: (typeof settings)[number]) => row.value },
    { title: "FROM", text: (row: (typeof settings)[number]) => row.source },
  ];
  return ["", formatTable(settings, columns, nowMs)];
}
