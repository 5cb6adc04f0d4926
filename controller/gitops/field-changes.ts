/** Which fields of a spec are other ones. Pure. */
import type { JsonValue } from "@bufbuild/protobuf";

export interface FieldChange {
  /** `retry.maxAttempts`, `alerts[0].for`. */
  readonly path: string;
  /** Undefined: it is not said. */
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/** In the order of the fields; a list of another length, or a value of another kind, is one change as a whole. */
export function fieldChanges(before: JsonValue | undefined, after: JsonValue | undefined, path = ""): FieldChange[] {
  if (isMap(before) && isMap(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => fieldChanges(before[name], after[name], path === "" ? name : `${path}.${name}`));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((item, at) => fieldChanges(item, after[at], `${path}[${at}]`));
  }
  return before === after || JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

const isMap = (value: JsonValue | undefined): value is { [key: string]: JsonValue } =>
  typeof value === "object" && value !== null && !Array.isArray(value);
