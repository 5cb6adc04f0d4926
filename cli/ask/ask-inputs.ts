import type { PipelineInput } from "@polyglot/contracts/service";
import { collectInputs, type GivenInputs } from "../client/collect-inputs.ts";
import { Failure } from "../client/failure.ts";
import type { ReadFile } from "../client/read-input.ts";
import { describeInput, examples, kindOfInput } from "./describe-input.ts";
import { answerTo, type Terminal } from "./terminal.ts";

/** Those without a value so far; of a pipeline that a person names, defaults stand as they are. */
export function openInputs(
  declared: readonly PipelineInput[],
  { pairs, values }: GivenInputs,
  withDefaults: boolean,
): PipelineInput[] {
  const given = new Set([...Object.keys(values), ...pairs.map((pair) => pair.slice(0, pair.indexOf("=")))]);
  return declared.filter(({ name, required }) => !given.has(name) && (required || withDefaults));
}

/** Nobody is asked for the rest of what is wrong already: throws a `Failure` that says what. */
export function checkGiven(
  declared: readonly PipelineInput[],
  open: readonly PipelineInput[],
  given: GivenInputs,
  readFile: ReadFile,
): void {
  const asFilled = declared.map((input) => (open.includes(input) ? { ...input, required: false } : input));
  collectInputs(asFilled, given, readFile);
}

/** Answers `name=value`, as on a command line; what keeps its default is left out. */
export async function askInputs(
  inputs: readonly PipelineInput[],
  terminal: Terminal,
  readFile: ReadFile,
): Promise<string[]> {
  const pairs: string[] = [];
  for (const input of inputs) {
    const text =
      kindOfInput(input) === "bool" ? await chooseBool(input, terminal) : await askText(input, terminal, readFile);
    if (text !== "") pairs.push(`${input.name}=${text}`);
  }
  return pairs;
}

/** Empty: the default. */
async function chooseBool(input: PipelineInput, terminal: Terminal): Promise<string> {
  const { default: search } = await import("@inquirer/search");
  const words = ["true", "false"].map((word) => ({ value: word, name: word }));
  const choices = input.required ? words : [{ value: "", name: "as it is" }, ...words];
  const source = (typed: string | undefined) => choices.filter(({ name }) => name.startsWith(typed ?? ""));
  return answerTo(search({ message: describeInput(input), source }, terminal));
}

async function askText(input: PipelineInput, terminal: Terminal, readFile: ReadFile): Promise<string> {
  const { default: ask } = await import("@inquirer/input");
  const kind = kindOfInput(input);
  const example = kind === undefined ? undefined : examples[kind];
  const message = `${describeInput(input)}${example === undefined ? "" : `, ${example}`}`;
  const validate = (text: string) => problemOf(input, text, readFile) ?? true;
  return answerTo(ask({ message, validate }, terminal));
}

/** What is wrong with an answer; undefined: nothing. */
export function problemOf(input: PipelineInput, text: string, readFile: ReadFile): string | undefined {
  if (text === "") return input.required ? `${input.name} has no default${emptyHint(input)}` : undefined;
  try {
    collectInputs([input], { pairs: [`${input.name}=${text}`], values: {} }, readFile);
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

const emptyHint = (input: PipelineInput): string =>
  kindOfInput(input) === "text" ? `; an empty text is sent with --input ${input.name}=` : "";
