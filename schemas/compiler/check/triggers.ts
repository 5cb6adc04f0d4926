/** `[t]` lines to registrations, and what of their context goes into which input. */
import {
  canonicalJson,
  type CanonicalValue,
  type PlanInput,
  sha256,
  type TriggerRegistration,
} from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import { nearestName } from "../diagnose/nearest.ts";
import type { LibraryEntry } from "../stdlib/entry.ts";
import { findLibraryEntry } from "../stdlib/registry.ts";
import type { PipelineNode } from "../syntax/file-tree.ts";
import type { CallNode, IoNode, LineNode, ValueNode } from "../syntax/tree.ts";
import { matchArguments } from "./arguments.ts";
import { chooseParameters, noteLibraryUse } from "./callee.ts";
import type { CheckContext } from "./context.ts";
import { reportUnknownLibraryName } from "./library-name.ts";
import { anyType, typesConvert } from "./types.ts";

/** A trigger with the node that registers it: bindings are added when all triggers are known. */
interface Registered {
  readonly entry: LibraryEntry;
  readonly node: CallNode;
  readonly registration: TriggerRegistration;
}

export function checkTriggers(
  pipeline: PipelineNode,
  inputs: readonly PlanInput[],
  context: CheckContext,
): TriggerRegistration[] {
  if (pipeline.triggers.length === 0) {
    context.findings.report(problems.noTrigger, pipeline.head, pipeline.name.text);
    return [];
  }
  const registered = pipeline.triggers.flatMap((line) => register(line, context));
  reportDoubles(registered, context);
  reportCallWithOthers(registered, context);
  const isComplete = registered.length === pipeline.triggers.length;
  new InputFiller(registered, inputs, pipeline, context).fill(isComplete);
  return registered.map((item) => item.registration);
}

function register(line: LineNode, context: CheckContext): Registered[] {
  if (line.body?.kind !== "call") return [];
  const node = line.body;
  const entry = node.space === undefined ? findLibraryEntry(node.name.text) : undefined;
  if (entry === undefined) reportUnknownLibraryName(node, "[t]", "|T.…", context);
  else if (entry.kind !== "event" && entry.kind !== "condition") {
    context.findings.report(problems.wrongCall, node.name, "[t]", "|T.…", node.name.text);
  } else return [createRegistration(node, entry, context)];
  return [];
}

function createRegistration(node: CallNode, entry: LibraryEntry, context: CheckContext): Registered {
  noteLibraryUse(node, entry, context);
  const values = constantArguments(node, entry, context);
  const key = triggerKey(entry.name, values);
  context.place(key, node);
  const kind = entry.kind === "condition" ? "condition" : "event";
  return { entry, node, registration: { key, name: entry.name, kind, arguments: values, bindings: [], any: [] } };
}

/** Stable while name and arguments are: the last word of the name and twelve digits of a digest over both. */
function triggerKey(name: string, values: Record<string, CanonicalValue>): string {
  const kind = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return `${kind}-${sha256(canonicalJson([name, values])).slice("sha256:".length, "sha256:".length + 12)}`;
}

/** Arguments by parameter name; they are known before any activation. */
export function constantArguments(
  node: CallNode,
  entry: LibraryEntry,
  context: CheckContext,
): Record<string, CanonicalValue> {
  const taker = { text: `|${node.name.text}`, at: node.name, parameters: chooseParameters(node, entry) };
  const values: Record<string, CanonicalValue> = {};
  for (const item of node.io) if (item.kind === "argument") reportVariable(item, context);
  for (const { name, value } of matchArguments(node.io, taker, context)) {
    // What is in error has been reported, and has no value.
    const isKnown = value.kind === "literal" && value.type !== anyType;
    if (name !== undefined && isKnown) values[name] = value.value;
  }
  return values;
}

/** Only literals are known before an activation; an input could be too, which is open. */
function reportVariable({ value }: IoNode & { kind: "argument" }, context: CheckContext): void {
  if (value.kind === "variable") {
    const isInput = context.scope.variable(value.name)?.isInput === true;
    if (isInput)
      context.findings.report(problems.notSupported, value, "an input as the argument of a trigger or setting");
  } else if (!isLiteral(value)) context.findings.report(problems.notLiteral, value);
}

function isLiteral(value: ValueNode): boolean {
  if (value.kind === "list") return value.items.every(isLiteral);
  if (value.kind === "map") return value.entries.every((entry) => isLiteral(entry.value));
  if (value.kind === "string") return value.parts.every((part) => typeof part === "string");
  return value.kind !== "variable";
}

function reportDoubles(registered: readonly Registered[], context: CheckContext): void {
  const seen = new Set<string>();
  for (const { registration, node } of registered) {
    if (seen.has(registration.key)) context.findings.report(problems.duplicateSetting, node, node.name.text);
    seen.add(registration.key);
  }
}

function reportCallWithOthers(registered: readonly Registered[], context: CheckContext): void {
  const isCall = (item: Registered): boolean => item.entry.name === "T.Polyglot.Pipeline.Called";
  const other = registered.find((item) => !isCall(item) && item.entry.kind === "event");
  if (other !== undefined && registered.some(isCall)) context.findings.report(problems.callNotAlone, other.node);
}

class InputFiller {
  readonly #registered: readonly Registered[];
  readonly #inputs: readonly PlanInput[];
  readonly #pipeline: PipelineNode;
  readonly #context: CheckContext;
  readonly #filled = new Set<string>();

  constructor(
    registered: readonly Registered[],
    inputs: readonly PlanInput[],
    pipeline: PipelineNode,
    context: CheckContext,
  ) {
    this.#registered = registered;
    this.#inputs = inputs;
    this.#pipeline = pipeline;
    this.#context = context;
  }

  /** Named results first, then fields of the same name, then the main value for the one required input that is left. */
  fill(isComplete: boolean): void {
    for (const item of this.#registered) this.#bindNamed(item);
    for (const item of this.#registered) this.#bindSameNames(item);
    this.#bindMainValue();
    if (!isComplete) return;
    for (const input of this.#missing()) this.#reportMissing(input);
  }

  #missing(): PlanInput[] {
    return this.#inputs.filter((input) => input.default === undefined && !this.#filled.has(input.name));
  }

  #bindNamed(item: Registered): void {
    const results = item.node.io.filter((io) => io.kind === "result");
    const fields = item.entry.results;
    const superfluous = results[fields.length];
    if (superfluous !== undefined) {
      const text = `|${item.node.name.text}`;
      this.#context.findings.report(problems.tooManyResults, superfluous, text, fields.length, results.length);
    }
    for (const [index, result] of results.entries()) {
      const field = fields[index];
      if (field === undefined || result.name === undefined) continue;
      const input = this.#inputs.find((known) => known.name === result.name?.text);
      if (input !== undefined) this.#bind(item, field, input);
      else {
        const nearest = nearestName(
          result.name.text,
          this.#inputs.map((known) => known.name),
        );
        this.#context.findings.report(problems.bindsUnknownInput, result.name, result.name.text, nearest);
      }
    }
  }

  #bindSameNames(item: Registered): void {
    for (const input of this.#inputs) {
      if (this.#filled.has(input.name)) continue;
      if (item.entry.givesInputs) this.#bind(item, input, input);
      const field = item.entry.results.find((known) => known.name === input.name);
      if (field !== undefined) this.#bind(item, field, input);
    }
  }

  #bindMainValue(): void {
    const [input, another] = this.#missing();
    if (input === undefined || another !== undefined) return;
    const item = this.#registered.find((candidate) => candidate.entry.hasMainValue);
    const field = item?.entry.results[0];
    if (item !== undefined && field !== undefined) this.#bind(item, field, input);
  }

  #bind(item: Registered, field: { name: string; type: string }, input: PlanInput): void {
    this.#filled.add(input.name);
    item.registration.bindings.push({ field: field.name, input: input.name });
    if (typesConvert(field.type, input.type)) return;
    this.#context.findings.report(
      problems.noConverter,
      item.node,
      `the trigger's '${field.name}'`,
      field.type,
      `${input.type} of the input '${input.name}'`,
    );
  }

  #reportMissing(input: PlanInput): void {
    const at = this.#pipeline.inputs.find((node) => node.name.text === input.name) ?? this.#pipeline.head;
    this.#context.findings.report(problems.notFilled, at, input.name);
  }
}
