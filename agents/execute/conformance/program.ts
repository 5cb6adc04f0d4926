/** Programs of the conformance suite in few words, as the compiler would give them. */
import {
  type CallStep,
  type CanonicalValue,
  createBundle,
  type Expression,
  type ForkStep,
  type Handler,
  type JoinStep,
  type NativeLanguage,
  type OutputValue,
  type Plan,
  type PlanBody,
  type PlanInput,
  type Result,
  type Step,
  type Target,
  type Wrapper,
} from "@polyglot/contracts";
import { planOf } from "../plan.fixture.ts";

const python = `
import os
import time

def variable(name):
    return os.environ.get(name)

def folder():
    return os.getcwd()

class Custom(ValueError):
    pass

def echo(x):
    return x

def add(a, b):
    return a + b

def pair(a, b):
    return a, b

def note(text):
    print(text)

def fail(kind, message):
    raise {"ValueError": ValueError, "KeyError": KeyError, "Custom": Custom}[kind](message)

def fail_until(file, wanted):
    with open(file, "a") as counter:
        counter.write("x")
    with open(file) as counter:
        calls = len(counter.read())
    if calls < wanted:
        raise ValueError(f"call {calls}")
    return calls

def is_big(x):
    return x > 10

def wait_for(path):
    print(f"waiting for {path}", flush=True)
    while not os.path.exists(path):
        time.sleep(0.01)
    print("there", flush=True)

def spin(seconds):
    while time.process_time() < seconds:
        pass

def hog():
    held = []
    while True:
        held.append(b"x" * (1 << 22))
        time.sleep(0.002)

def hang():
    print("hanging", flush=True)
    time.sleep(600)
`;

const javascript = `
export const echo = (x) => x;
export const variable = (name) => process.env[name] ?? null;
export const add = (a, b) => a + b;
export const matches = (text, pattern) => new RegExp(pattern).test(text);
export function fail(kind, message) {
  throw new { TypeError, RangeError }[kind](message);
}
export async function later(x) {
  await new Promise(setImmediate);
  return x;
}
`;

const encoder = new TextEncoder();
export const bundle = createBundle(
  new Map([
    ["lib.py", encoder.encode(python)],
    ["lib.mjs", encoder.encode(javascript)],
  ]),
);

type Value = Expression | CanonicalValue;

const isExpression = (value: Value): value is Expression =>
  value !== null && typeof value === "object" && "kind" in value && typeof value.kind === "string";

export const literal = (value: CanonicalValue): Expression => ({ kind: "literal", value, type: "pg\\any" });
const expressionOf = (value: Value): Expression => (isExpression(value) ? value : literal(value));

/** `v("row.name")` */
export function v(dotted: string): Expression {
  const [name = "", ...path] = dotted.split(".");
  return { kind: "variable", name, path };
}

/** `text("{name} is here")` */
export function text(template: string): Expression {
  const parts = template.split(/\{([\w.]+)\}/).map((part, index) => {
    const [name = "", ...path] = part.split(".");
    return index % 2 === 0 ? part : { name, path };
  });
  return { kind: "text", parts: parts.filter((part) => part !== "") };
}

interface CallParts {
  readonly node?: string;
  readonly named?: Readonly<Record<string, Value>>;
  readonly after?: string[];
  readonly handlers?: Handler[];
  readonly to?: string;
}

const resultOf = (declared: string): Result => {
  const [variable = "", type = "pg\\any"] = declared.split(": ");
  return { variable, from: "pg\\any", type };
};

function callOf(
  target: Target,
  node: string,
  given: readonly Value[],
  results: readonly string[],
  parts: CallParts,
): CallStep {
  const { to = "pg\\any", after = [], handlers = [] } = parts;
  const named = Object.entries(parts.named ?? {});
  return {
    kind: "call",
    node: parts.node ?? node,
    after,
    target,
    arguments: [
      ...given.map((value) => ({ value: expressionOf(value), from: "pg\\any", to })),
      ...named.map(([name, value]) => ({ name, value: expressionOf(value), from: "pg\\any", to })),
    ],
    results: results.map(resultOf),
    handlers,
  };
}

function native(lang: NativeLanguage, path: string, name: string): Target {
  return { kind: "native", lang, origin: "bundle", path, function: name, bundle_digest: bundle.digest };
}

/** A call of the suite's Python; results are `name` or `name: type`. */
export const py = (name: string, given: readonly Value[], results: readonly string[] = [], parts: CallParts = {}) =>
  callOf(native("py", "lib.py", name), name, given, results, parts);

/** A call of the suite's JavaScript. */
export const js = (name: string, given: readonly Value[], results: readonly string[] = [], parts: CallParts = {}) =>
  callOf(native("js", "lib.mjs", name), name, given, results, parts);

/** A name of the standard library. */
export const u = (name: string, given: readonly Value[], results: readonly string[] = [], parts: CallParts = {}) =>
  callOf({ kind: "library", name }, name, given, results, parts);

/** `items("Map", rows, "Clean", ["clean"])`: a pipeline of the same plan for each item. */
export const items = (
  name: string,
  list: Value,
  pipeline: string,
  results: readonly string[] = [],
  parts: CallParts = {},
) =>
  callOf(
    { kind: "library", name: `U.Collection.${name}`, pipeline_id: `test.execute#${pipeline}` },
    name,
    [list, pipeline],
    results,
    parts,
  );

/** A name of the library that runs a pipeline of the same plan for an error. */
export const act = (name: string, pipeline: string, results: readonly string[] = []) =>
  callOf(
    { kind: "library", name: `U.Error.Handle.${name}`, pipeline_id: `test.execute#${pipeline}` },
    name,
    [pipeline],
    results,
    {},
  );

/** A pipeline of the same plan. */
export const run = (name: string, given: readonly Value[], results: readonly string[] = [], parts: CallParts = {}) =>
  callOf({ kind: "pipeline", pipeline_id: `test.execute#${name}` }, name, given, results, parts);

/** A wrapper of the standard library; its results bind in order. */
export const library = (name: string, given: readonly Value[] = [], results: readonly string[] = []): Wrapper => ({
  node: name,
  name,
  arguments: given.map((value) => ({ value: expressionOf(value) })),
  results: results.map((variable) => ({ variable, type: "pg\\any" })),
});

/** A line in the log: what `said` of a case expects, in order. */
export const say = (line: Value): CallStep => u("U.Log.Info", [line], [], { node: "say" });

export const set = (name: string, value: Value, from = "pg\\any", type = from): Step => ({
  kind: "assign",
  node: `set-${name}`,
  after: [],
  value: expressionOf(value),
  result: { variable: name, from, type },
});

/** `[o] >> name << value` inside of a switch or handler. */
export const give = (name: string, value?: Value): Step => ({
  kind: "output",
  node: `give-${name}`,
  after: [],
  output: out(name, value),
});

export const exit = (code: Value): Step => ({ kind: "exit", node: "exit", after: [], code: expressionOf(code) });

/** A handler: `on("py\\!ValueError", […], "e")`. */
export function on(error: string, body: Step[], variable?: string): Handler {
  const [lang = "", name = ""] = error.split("\\!");
  return { node: `on-${name}`, lang, error: name, body, ...(variable === undefined ? {} : { variable }) };
}

/** `[?] left ?> right`; `row` is the node of the first of those that a default stands behind. */
export const when = (left: Value, right: Value, body: Step[], node = "when", row?: string): Step => ({
  kind: "switch",
  node,
  after: [],
  test: {
    kind: "equal",
    left: expressionOf(left),
    right: expressionOf(right),
    type: "pg\\any",
    ...(row !== undefined && { row }),
  },
  body,
});

export const whenCall = (call: CallStep, body: Step[], node = "when"): Step => ({
  kind: "switch",
  node,
  after: [],
  test: { kind: "call", call },
  body,
});

/** `[?] … ?> Default` behind the row of switches that starts with a node. */
export const otherwise = (row: string, body: Step[]): Step => ({
  kind: "switch",
  node: "otherwise",
  after: [],
  test: { kind: "default", row },
  body,
});

interface ForkParts {
  readonly outputs?: OutputValue[];
  readonly after?: string[];
  readonly handlers?: Handler[];
  readonly background?: boolean;
}

/** An inline branch. */
export const fork = (label: string, body: Step[], parts: ForkParts = {}): ForkStep => ({
  kind: "fork",
  node: label,
  label,
  inline: true,
  background: parts.background ?? false,
  after: parts.after ?? [],
  body,
  outputs: parts.outputs ?? [],
  handlers: parts.handlers ?? [],
});

/** A branch that is one call: its results are the call's. */
export const forkCall = (label: string, call: CallStep, parts: ForkParts = {}): ForkStep => ({
  ...fork(label, [call], parts),
  inline: false,
});

interface JoinParts {
  readonly result?: string;
  readonly count?: Value;
  readonly handlers?: Handler[];
}

export const join = (mode: JoinStep["mode"], forks: string[], parts: JoinParts = {}): JoinStep => ({
  kind: "join",
  node: "join",
  after: forks,
  mode,
  forks,
  ...(parts.count === undefined ? {} : { count: expressionOf(parts.count) }),
  ...(parts.result === undefined ? {} : { result: resultOf(parts.result) }),
  handlers: parts.handlers ?? [],
});

export const out = (name: string, value?: Value): OutputValue => ({
  name,
  type: "pg\\any",
  ...(value === undefined ? {} : { value: expressionOf(value) }),
});

export const input = (name: string, byDefault?: CanonicalValue, type = "pg\\any"): PlanInput =>
  byDefault === undefined ? { name, type } : { name, type, default: byDefault };

type BodyParts = Omit<Partial<PlanBody>, "outputs"> & { readonly outputs?: readonly (string | OutputValue)[] };

const outputsOf = (outputs: BodyParts["outputs"] = []): OutputValue[] =>
  outputs.map((output) => (typeof output === "string" ? out(output) : output));

export function callee({ kill, ...parts }: BodyParts): PlanBody {
  const {
    inputs,
    wrappers,
    runtimes,
    setup,
    run: steps,
    cleanup,
    outputs,
  } = planOf({
    ...parts,
    outputs: outputsOf(parts.outputs),
  });
  const body = { inputs, wrappers, runtimes, setup, run: steps, cleanup, outputs };
  return kill === undefined ? body : { ...body, kill };
}

type ProgramParts = BodyParts & {
  readonly queue?: Partial<Plan["queue"]>;
  readonly callees?: Readonly<Record<string, PlanBody>>;
};

export function program({ queue, callees = {}, outputs, ...parts }: ProgramParts): Plan {
  const named = Object.entries(callees).map(([name, inner]) => [`test.execute#${name}`, inner] as const);
  return planOf({
    ...parts,
    outputs: outputsOf(outputs),
    queue: { queue: "Default", ...queue },
    callees: Object.fromEntries(named),
  });
}
