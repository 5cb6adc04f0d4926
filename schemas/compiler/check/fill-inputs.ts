/** Which field of which trigger's context goes into which input. */
import type { PlanInput, TriggerRegistration } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { LibraryEntry } from "../stdlib/entry.ts";
import type { PipelineNode } from "../syntax/file-tree.ts";
import type { CallNode } from "../syntax/tree.ts";
import type { CheckContext } from "./context.ts";
import { typesConvert } from "./types.ts";

/** A trigger with the node that registers it: bindings are added when all triggers are known. */
export interface Registered {
  readonly entry: LibraryEntry;
  readonly node: CallNode;
  /** Those under `|T.Any`. */
  readonly any: readonly Registered[];
  readonly registration: TriggerRegistration;
}

type Filled = Set<string>;

interface Field {
  readonly name: string;
  readonly type: string;
}

export class InputFiller {
  readonly #inputs: readonly PlanInput[];
  readonly #pipeline: PipelineNode;
  readonly #context: CheckContext;
  readonly #unfilled = new Set<PlanInput>();
  /** Inputs that each trigger binds. */
  readonly #bound = new Map<Registered, Set<string>>();

  constructor(inputs: readonly PlanInput[], pipeline: PipelineNode, context: CheckContext) {
    this.#inputs = inputs;
    this.#pipeline = pipeline;
    this.#context = context;
  }

  /** Named results first, then fields of the same name, then the main value for the one required input that is left. */
  fill(registered: readonly Registered[]): void {
    const outside = registered.filter((item) => item.registration.kind !== "any");
    const filled = this.#bindByName(outside, new Set());
    const groups = registered.filter((item) => item.registration.kind === "any");
    if (groups.length === 0) this.#finish(outside, filled);
    else this.#fillGroups(groups, outside, filled);
  }

  reportMissing(): void {
    for (const input of this.#unfilled) {
      const at = this.#pipeline.inputs.find((node) => node.name.text === input.name) ?? this.#pipeline.head;
      this.#context.findings.report(problems.notFilled, at, input.name);
    }
  }

  /** Each trigger under `|T.Any` has to fill what is required, together with those outside of it. */
  #fillGroups(groups: readonly Registered[], outside: readonly Registered[], filled: Filled): void {
    const alternatives = groups.map((group) =>
      group.any.map((item) => ({ item, filled: this.#bindByName([item], new Set(filled)) })),
    );
    const certain = alternatives.map((list) => new Set(intersect(list.map((alternative) => alternative.filled))));
    const counts = countNames(certain);
    for (const [index, list] of alternatives.entries()) {
      const own = certain[index];
      const others = [...counts]
        .filter(([name, count]) => count > (own?.has(name) === true ? 1 : 0))
        .map(([name]) => name);
      for (const { item, filled: names } of list) this.#finish([...outside, item], new Set([...names, ...others]));
    }
  }

  #finish(items: readonly Registered[], filled: Filled): void {
    this.#bindMainValue(items, filled);
    for (const input of this.#missing(filled)) this.#unfilled.add(input);
  }

  #missing(filled: Filled): PlanInput[] {
    return this.#inputs.filter((input) => input.default === undefined && !filled.has(input.name));
  }

  #bindByName(items: readonly Registered[], filled: Filled): Filled {
    for (const item of items) this.#bindNamed(item, filled);
    for (const item of items) this.#bindSameNames(item, filled);
    return filled;
  }

  #bindNamed(item: Registered, filled: Filled): void {
    const results = item.node.io.filter((io) => io.kind === "result");
    const fields = item.entry.results;
    const superfluous = results[fields.length];
    if (superfluous !== undefined) {
      const text = `|${item.node.name.text}`;
      this.#context.findings.report(problems.tooManyResults, superfluous, text, fields.length, results.length);
    }
    for (const [index, { name }] of results.entries()) {
      const field = fields[index];
      if (field === undefined || name === undefined) continue;
      const input = this.#inputs.find((known) => known.name === name.text);
      if (input === undefined) this.#reportUnknown(name);
      else this.#bind(item, field, input, filled);
    }
  }

  #reportUnknown(name: NonNullable<(CallNode["io"][number] & { kind: "result" })["name"]>): void {
    const known = this.#inputs.map((input) => input.name);
    const nearest = this.#context.findings.nearest(name.text, known);
    this.#context.findings.report(problems.bindsUnknownInput, name, name.text, nearest);
  }

  #bindSameNames(item: Registered, filled: Filled): void {
    for (const input of this.#inputs) {
      const field = item.entry.givesInputs ? input : item.entry.results.find((known) => known.name === input.name);
      if (field !== undefined) this.#bind(item, field, input, filled);
    }
  }

  #bindMainValue(items: readonly Registered[], filled: Filled): void {
    const [input, another] = this.#missing(filled);
    if (input === undefined || another !== undefined) return;
    const inOrder = items.toSorted((a, b) => a.node.start - b.node.start);
    const item = inOrder.find((candidate) => candidate.entry.hasMainValue);
    const field = item?.entry.results[0];
    if (item !== undefined && field !== undefined) this.#bind(item, field, input, filled);
  }

  /** The first in the text that has the value wins. */
  #bind(item: Registered, field: Field, input: PlanInput, filled: Filled): void {
    if (filled.has(input.name)) return;
    filled.add(input.name);
    const bound = this.#bound.get(item) ?? new Set();
    if (bound.has(input.name)) return;
    this.#bound.set(item, bound.add(input.name));
    item.registration.bindings.push({ field: field.name, input: input.name });
    // A batch gives the values of its events.
    const type = "batch" in item.registration.arguments ? "pg\\list" : field.type;
    if (typesConvert(type, input.type)) return;
    const what = `the trigger's '${field.name}'`;
    const to = `${input.type} of the input '${input.name}'`;
    this.#context.findings.report(problems.noConverter, item.node, what, type, to);
  }
}

/** In how many of the sets each name is. */
function countNames(sets: readonly ReadonlySet<string>[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const set of sets) for (const name of set) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function intersect(sets: readonly ReadonlySet<string>[]): string[] {
  const [first, ...rest] = sets;
  return [...(first ?? [])].filter((name) => rest.every((set) => set.has(name)));
}
