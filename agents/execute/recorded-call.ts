/** A call with its record: not run where an earlier attempt committed how it ended, and committed where it is run. */
import { plainValue, type Value } from "../convert/held-value.ts";
import type { CallEnd } from "./call.ts";
import { failed } from "./flow.ts";
import type { Frame } from "./frame.ts";
import type { Durability, Place } from "./journal.ts";
import { stateOfFlow } from "./state-of-flow.ts";

export interface RecordedCall {
  run(place: Place | undefined): Promise<CallEnd>;
  /** With what it gave; with nothing where it failed. */
  durability(values: readonly Value[]): Durability;
}

export async function recordCall(node: string, frame: Frame, call: RecordedCall): Promise<CallEnd> {
  // Which record it is may change meanwhile: a background branch outlives its run.
  const { execution } = frame;
  const place = frame.journal?.next(node);
  const open = execution.record.begin(node);
  const known = place === undefined ? undefined : replayed(place, frame);
  if (known !== undefined) {
    execution.record.end(open, "replayed");
    return known;
  }
  const end = await call.run(place);
  if (place !== undefined) await commit(place, end, call, frame);
  if (end.kind === "values") execution.record.end(open, "succeeded");
  else execution.record.end(open, stateOfFlow(end.flow), end.flow.kind === "error" ? end.flow.error : undefined);
  return end;
}

function replayed(place: Place, { journal }: Frame): CallEnd | undefined {
  const ending = journal?.endingOf(place);
  if (ending === undefined) return undefined;
  if ("values" in ending) return { kind: "values", values: ending.values };
  if (!("error" in ending)) return undefined;
  journal?.failed(place, ending.error);
  return { kind: "flow", flow: failed(ending.error) };
}

/** Before the lines that follow: what they do rests on it. */
async function commit(place: Place, end: CallEnd, call: RecordedCall, { journal }: Frame): Promise<void> {
  if (end.kind === "values")
    await journal?.note(place, { values: end.values.map(plainValue) }, call.durability(end.values));
  else if (end.flow.kind === "error" && call.durability([]) !== "none") journal?.failed(place, end.flow.error);
}
