/** A test and the pipeline that it is about, made into what an agent's program can run. */
import { readFileSync } from "node:fs";
import { dirname, join, normalize, posix } from "node:path";
import { type CompiledPipeline, findLibraryEntry } from "@polyglot/compiler";
import {
  type CanonicalValue,
  checkInputs,
  fileTag,
  type FileSet,
  type GivenStub,
  type Stub,
  type StubAnswer,
  type Trial,
  type TriggerRegistration,
} from "@polyglot/contracts";
import { nearest } from "../client/nearest.ts";
import { CallNames } from "./call-names.ts";
import type { PlacedTest, TestFile } from "./test-file.ts";

export interface Project {
  /** The folder that was read. */
  readonly folder: string;
  readonly files: FileSet;
  readonly pipelines: readonly CompiledPipeline[];
}

export type Prepared =
  | { readonly kind: "trial"; readonly trial: Trial; readonly pipeline: CompiledPipeline; readonly names: CallNames }
  | { readonly kind: "problem"; readonly message: string };

/** What a test says that cannot be run. */
class Unfit extends Error {}

export function prepareTrial(id: number, test: PlacedTest, file: TestFile, project: Project): Prepared {
  try {
    const pipeline = findPipeline(test, file, project.pipelines);
    const names = new CallNames(pipeline.plan, pipeline.file, project.files.get(pipeline.file) ?? new Uint8Array());
    const { time, secrets = {}, state = {} } = test;
    const trial: Trial = {
      id,
      plan: pipeline.plan,
      inputs: inputsOf(test, pipeline),
      stubs: stubsOf(test, names),
      ...(time === undefined ? {} : { startsAt: Date.parse(time) }),
      files: filesOf(test, file, project),
      secrets,
      state,
    };
    return { kind: "trial", trial, pipeline, names };
  } catch (error) {
    if (error instanceof Unfit) return { kind: "problem", message: error.message };
    throw error;
  }
}

/** By id or name; where the test names none, the only one of the files beside it. */
function findPipeline(
  { pipeline: word }: PlacedTest,
  { path }: TestFile,
  pipelines: readonly CompiledPipeline[],
): CompiledPipeline {
  const beside = pipelines.filter(({ file }) => posix.dirname(file) === posix.dirname(path));
  const isNamed = ({ id }: CompiledPipeline) => word === undefined || id === word || id.endsWith(`#${word}`);
  const near = beside.filter(isNamed);
  const found = near.length > 0 ? near : pipelines.filter(isNamed);
  const [only, other] = found;
  if (only === undefined) throw new Unfit(noPipeline(word, pipelines));
  if (other === undefined) return only;
  const ids = found.map(({ id }) => id).join(", ");
  throw new Unfit(
    word === undefined ? `the test names no pipeline: it is one of ${ids}` : `'${word}' is one of ${ids}`,
  );
}

function noPipeline(word: string | undefined, pipelines: readonly CompiledPipeline[]): string {
  if (word === undefined) return "there is no pipeline to test";
  const near = nearest(
    word,
    pipelines.map(({ id }) => id.slice(id.indexOf("#") + 1)),
  );
  return `there is no pipeline '${word}'${near === undefined ? "" : `; did you mean '${near}'?`}`;
}

function inputsOf({ inputs = {}, trigger }: PlacedTest, { plan }: CompiledPipeline): Trial["inputs"] {
  const given = { ...(trigger === undefined ? {} : told(trigger, plan.triggers)), ...inputs };
  const checked = checkInputs(plan.inputs, mapFiles(given));
  if (checked.problems.length > 0) throw new Unfit(checked.problems.map(({ message }) => message).join("; "));
  return Object.fromEntries(
    Object.keys(checked.inputs).map((name) => [name, given[name] ?? checked.inputs[name] ?? null]),
  );
}

/** A file's place is text. */
function mapFiles(given: Trial["inputs"]): Trial["inputs"] {
  const isFile = (value: CanonicalValue) => value !== null && typeof value === "object" && fileTag in value;
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, isFile(value) ? "" : value]));
}

/** Context fields go where they go when the trigger fires. */
function told(
  { name, context }: NonNullable<PlacedTest["trigger"]>,
  triggers: readonly TriggerRegistration[],
): Trial["inputs"] {
  const all = triggers.flatMap((one) => [one, ...one.any]).filter(({ kind }) => kind !== "any");
  const named = all.filter((one) => name === undefined || one.name === name.replace(/^\|/, ""));
  const [only, other] = named;
  if (only === undefined || other !== undefined) {
    const names = all.map((one) => `'${one.name}'`).join(", ");
    throw new Unfit(`'trigger.name' has to be one of ${names}`);
  }
  refuseUnknownFields(only.name, context);
  return Object.fromEntries(
    only.bindings.flatMap(({ field, input }) =>
      context[field] === undefined ? [] : [[input, context[field]] as const],
    ),
  );
}

/** A trigger without fields of its own tells the inputs themselves. */
function refuseUnknownFields(trigger: string, context: Trial["inputs"]): void {
  const fields = findLibraryEntry(trigger)?.results.map(({ name }) => name) ?? [];
  const unknown = fields.length === 0 ? undefined : Object.keys(context).find((name) => !fields.includes(name));
  if (unknown === undefined) return;
  throw new Unfit(`the context of '|${trigger}' has no field '${unknown}': it has ${fields.join(", ")}`);
}

function stubsOf({ stubs = {} }: PlacedTest, names: CallNames): Stub[] {
  return Object.entries(stubs).map(([word, given]) => {
    const named = names.find(word);
    if (named.kind === "unknown") throw new Unfit(`stubs: ${named.message}`);
    return { target: named.target, answers: answersOf(given) };
  });
}

function answersOf(given: GivenStub): StubAnswer[] {
  const all = Array.isArray(given) ? given : [given];
  return all.map((one) => {
    if ("returns" in one) return { results: [one.returns] };
    if ("results" in one) return { results: one.results };
    const { type, message, classes } = one.raises;
    return { raises: { type, message, classes: classes ?? ancestorsOf(type) } };
  });
}

/** Above every error of a language; a test names what lies between. */
const roots: Readonly<Record<string, readonly string[]>> = {
  py: ["Exception", "BaseException"],
  js: ["Error"],
  cpp: ["Exception"],
};

const ancestorsOf = (type: string): readonly string[] => roots[type.slice(0, type.indexOf("\\"))] ?? [];

/** Text as it is given, or the bytes of a file beside the test. */
function filesOf({ files = {} }: PlacedTest, { path }: TestFile, { folder }: Project): Record<string, string> {
  const contents = Object.entries(files).map(([name, given]) => {
    if (normalize(name).startsWith("..")) throw new Unfit(`files: '${name}' lies outside of the test's folder`);
    if (typeof given === "string") return [name, Buffer.from(given).toString("base64")];
    const from = join(folder, dirname(path), given.from);
    return [name, readFixture(from, given.from).toString("base64")];
  });
  return Object.fromEntries(contents) as Record<string, string>;
}

function readFixture(path: string, shown: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw new Unfit(`files: there is no file ${shown} beside the test`);
  }
}
