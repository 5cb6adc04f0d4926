/**
 * `|U.Collection.Filter`, `.Map`, `.Reduce` and `.ForEach`: a pipeline for each item of a list. Each item runs as a called
 * pipeline does, within this execution, under a node of its own: `node[3]`.
 */
import type { CanonicalValue } from "@polyglot/contracts";
import { plainValue } from "../convert/held-value.ts";
import { describeKind } from "../convert/describe.ts";
import type { LibraryArguments } from "../stdlib/library-function.ts";
import type { CallEnd, GivenArgument } from "./call.ts";
import { callPipeline } from "./callee.ts";
import { failed, stopped } from "./flow.ts";
import type { Frame } from "./frame.ts";
import { giveWay } from "./give-way.ts";
import { holdsHandle } from "./holds-handle.ts";
import { type Item, runItems } from "./items.ts";
import { recordCall } from "./recorded-call.ts";
import { at, type PolyglotErrorName, raised } from "./raised.ts";

/** Items of one list that go through a pipeline, and those of them that run at once. */
export const maxItems = 100_000;
export const maxParallel = 64;

interface Place {
  readonly pipelineId: string;
  readonly frame: Frame;
  readonly node: string;
}

interface CollectionFunction {
  readonly parameters: readonly (readonly string[])[];
  run(items: readonly CanonicalValue[], given: LibraryArguments, place: Place): Promise<CallEnd>;
}

const each = ["items", "pipeline", "parallel"];

const functions: Readonly<Record<string, CollectionFunction>> = {
  "U.Collection.Map": { parameters: [each], run: (...call) => onEach(["pg\\any"], (results) => [results], ...call) },
  "U.Collection.Filter": { parameters: [each], run: (...call) => onEach(["pg\\bool"], keep, ...call) },
  "U.Collection.ForEach": { parameters: [each], run: (...call) => onEach([], () => [], ...call) },
  "U.Collection.Reduce": { parameters: [["items", "pipeline", "start"]], run: reduce },
};

export const isCollectionCall = (name: string): boolean => Object.hasOwn(functions, name);

export const parametersOfCollectionCall = (name: string): readonly (readonly string[])[] =>
  functions[name]?.parameters ?? [];

export function callForItems(name: string, given: LibraryArguments, place: Place): Promise<CallEnd> | CallEnd {
  const { items = null } = given;
  if (!Array.isArray(items)) {
    return refuse(place, "ConversionError", `'items' is to be a list, and is ${describeKind(items)}`);
  }
  if (items.length > maxItems) {
    const message = `'items' has ${items.length} items; at most ${maxItems} go through a pipeline: split the list`;
    return refuse(place, "ValidationError", message);
  }
  return (functions[name] as CollectionFunction).run(items as CanonicalValue[], given, place);
}

/** `types`: as what the pipeline's results are taken; `gather` makes the values of the call of them. */
async function onEach(
  types: readonly string[],
  gather: (results: CanonicalValue[], items: readonly CanonicalValue[]) => CanonicalValue[],
  items: readonly CanonicalValue[],
  given: LibraryArguments,
  place: Place,
): Promise<CallEnd> {
  const { parallel = 1 } = given;
  if (typeof parallel !== "number" || !Number.isInteger(parallel) || parallel < 1 || parallel > maxParallel) {
    const message = `'parallel' is an integer from 1 to ${maxParallel}, got ${JSON.stringify(parallel).slice(0, 100)}`;
    return refuse(place, "ValidationError", message);
  }
  const end = await runItems(items.length, parallel, place.frame, (item) =>
    runItem([items[item.index] ?? null], types, item, place),
  );
  return end.kind === "flow" ? end : { kind: "values", values: gather(end.values, items) };
}

const keep = (results: readonly CanonicalValue[], items: readonly CanonicalValue[]): CanonicalValue[] => [
  items.filter((_, index) => results[index] === true),
];

/** Item by item: each needs what the one before came to. */
async function reduce(items: readonly CanonicalValue[], given: LibraryArguments, place: Place): Promise<CallEnd> {
  const [start = items[0], first] = given.start === undefined ? [items[0], 1] : [given.start, 0];
  if (start === undefined) return refuse(place, "ValidationError", "'items' is empty, and there is no 'start'");
  let result = start;
  for (let index = first; index < items.length; index += 1) {
    const item = { index, branch: place.frame.branch };
    const end = await runItem([result, items[index] ?? null], ["pg\\any"], item, place);
    if (end.kind === "flow") return end;
    result = plainValue(end.values[0] ?? null);
  }
  return { kind: "values", values: [result] };
}

async function runItem(
  given: readonly CanonicalValue[],
  types: readonly string[],
  { index, branch }: Item,
  { pipelineId, frame, node }: Place,
): Promise<CallEnd> {
  await giveWay(frame.execution.clock);
  if (branch.ended) return { kind: "flow", flow: stopped };
  const itemNode = `${node}[${index}]`;
  const passed = given.map((value): GivenArgument => ({ value, from: "pg\\any", to: "pg\\any" }));
  const inner: Frame = { ...frame, branch };
  return recordCall(itemNode, inner, {
    run: () => callPipeline(pipelineId, passed, types, inner, itemNode),
    durability: (values) => ([...given, ...values].some(holdsHandle) ? "none" : "now"),
  });
}

function refuse({ node }: Place, name: PolyglotErrorName, message: string): CallEnd {
  return { kind: "flow", flow: failed(at(node, raised(name, message))) };
}
