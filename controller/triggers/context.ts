/** The trigger context of an activation, and the inputs that come out of it. Pure. */
import type { CanonicalValue, TriggerRegistration } from "@polyglot/contracts";
import type { Unit } from "./gather.ts";

type Fields = Readonly<Record<string, CanonicalValue>>;

/** The context names its time as every activation event does, as text; an input takes it as the datetime it is. */
export function contextOf(fields: Fields): Fields {
  const { timestamp } = fields;
  if (timestamp === null || typeof timestamp !== "object" || !("$datetime" in timestamp)) return fields;
  return { ...fields, timestamp: timestamp["$datetime"] ?? null };
}

export function boundInputs(trigger: TriggerRegistration, fields: Fields): Fields {
  const bound = trigger.bindings.flatMap(({ field, input }) => {
    const value = fields[field];
    return value === undefined ? [] : [[input, value] as const];
  });
  return Object.fromEntries(bound);
}

/** What one unit alone is told as: of a batch, a list of contexts. */
function contextOfUnit({ events, isBatch }: Unit): Fields {
  const contexts = events.map(({ fields }) => contextOf(fields));
  if (!isBatch) return contexts[0] ?? {};
  return { timestamp: contexts.at(-1)?.["timestamp"] ?? null, batch: contexts };
}

/** Of several units: each under the key of its trigger. */
export function contextOfUnits(units: readonly Unit[]): Fields {
  const [only, ...others] = units;
  if (only === undefined) return {};
  if (others.length === 0) return contextOfUnit(only);
  const contexts = units.map((unit) => [unit.trigger.key, contextOfUnit(unit)] as const);
  const times = contexts.flatMap(([, { timestamp }]) => (typeof timestamp === "string" ? [timestamp] : []));
  return { timestamp: times.toSorted().at(-1) ?? null, events: Object.fromEntries(contexts) };
}

/** A batch gives lists. */
export function inputsOfUnits(units: readonly Unit[]): Fields {
  return Object.assign({}, ...units.map(inputsOfUnit)) as Fields;
}

function inputsOfUnit({ trigger, events, isBatch }: Unit): Fields {
  const inputs = events.map(({ fields }) => boundInputs(trigger, fields));
  if (!isBatch) return inputs[0] ?? {};
  const names = trigger.bindings.map(({ input }) => input);
  return Object.fromEntries(names.map((name) => [name, inputs.map((one) => one[name] ?? null)]));
}
