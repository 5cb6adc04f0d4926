/** A call as text for a worker: its arguments converted, in the places where the language takes them. */
import { encodeArgument } from "../convert/argument.ts";
import type { Misfit } from "../convert/fit.ts";
import type { RecentTexts } from "../convert/recent-texts.ts";
import type { Language } from "./language.ts";
import type { NativeArgument, NativeCall, RaisedError } from "./native-call.ts";
import { conversionError, polyglotError } from "./polyglot-error.ts";
import type { SharedOffer } from "./shared-memory.ts";

export type EncodedRequest =
  /** `isUnchecked`: whether an argument fits its type only the worker sees; `characters`: of each argument. */
  | {
      readonly kind: "request";
      readonly body: string;
      readonly isUnchecked: boolean;
      readonly characters: readonly number[];
    }
  | { readonly kind: "error"; readonly error: RaisedError };

interface Texts {
  readonly positional: string[];
  readonly keywords: string[];
  tagged: boolean;
  isUnchecked: boolean;
  readonly characters: number[];
}

export interface RequestSurroundings {
  readonly texts: RecentTexts;
  /** Absent where workers share no memory. */
  readonly shared?: SharedOffer | undefined;
}

/** Stands for a parameter that is left out before one that is not. */
const leftOut = '{"$undefined":true}';

export function encodeRequest(
  call: NativeCall,
  language: Language,
  { texts, shared }: RequestSurroundings,
): EncodedRequest {
  const placed: Texts = { positional: [], keywords: [], tagged: false, isUnchecked: false, characters: [] };
  for (const [index, argument] of call.arguments.entries()) {
    const root = argument.name ?? nameOfArgument(call, index);
    const context = { border: language.lang, root, namespace: call.namespace };
    const encoded = encodeArgument(argument.value, argument.to, context, texts);
    if (encoded.kind === "misfit") return { kind: "error", error: conversionError(encoded satisfies Misfit) };
    placed.characters.push(encoded.text.length);
    placed.tagged ||= encoded.tagged;
    placed.isUnchecked ||= encoded.isUnchecked === true;
    const error = place(placed, encoded.text, argument, call, language);
    if (error !== undefined) return { kind: "error", error };
  }
  return {
    kind: "request",
    body: bodyOf(call, placed, shared),
    isUnchecked: placed.isUnchecked,
    characters: placed.characters,
  };
}

function place(
  texts: Texts,
  text: string,
  argument: NativeArgument,
  call: NativeCall,
  language: Language,
): RaisedError | undefined {
  if (argument.name === undefined) texts.positional.push(text);
  else if (language.hasKeywords) texts.keywords.push(`${JSON.stringify(argument.name)}:${text}`);
  else return placeByName(texts, text, argument.name, call);
  return undefined;
}

/** Languages without keywords take a named argument where the signature has the parameter of that name. */
function placeByName(texts: Texts, text: string, name: string, call: NativeCall): RaisedError | undefined {
  const { function: functionName, signature } = call.target;
  if (signature === undefined) {
    return polyglotError("RuntimeError", `${functionName} takes no argument by name: its parameters are not known`);
  }
  const index = signature.parameters.findIndex((parameter) => parameter.name === name);
  if (index === -1) return polyglotError("RuntimeError", `${functionName} has no parameter '${name}'`);
  while (texts.positional.length < index) texts.positional.push(leftOut);
  texts.tagged ||= texts.positional.includes(leftOut);
  texts.positional[index] = text;
  return undefined;
}

/** How the argument at a place is called in messages. */
export function nameOfArgument(call: NativeCall, index: number): string {
  return call.target.signature?.parameters[index]?.name ?? `argument ${index + 1}`;
}

function bodyOf(call: NativeCall, texts: Texts, shared: SharedOffer | undefined): string {
  const { origin, path, function: functionName } = call.target;
  const fields = [
    `"origin":${JSON.stringify(origin)},"path":${JSON.stringify(path)},"function":${JSON.stringify(functionName)}`,
    `"execution":${JSON.stringify(`${call.executionId} ${call.attemptNo}`)}`,
    `"arguments":[${texts.positional.join(",")}]`,
    `"results":${call.results.length}`,
  ];
  if (texts.keywords.length > 0) fields.push(`"keywords":{${texts.keywords.join(",")}}`);
  if (spreads(call)) fields.push('"spread":true');
  if (texts.tagged) fields.push('"tagged":true');
  if (shared !== undefined) {
    fields.push(`"shared":${JSON.stringify([shared.folder, shared.prefix, shared.roomBytes])}`);
  }
  return `{${fields.join(",")}}`;
}

/** A function that is known to return several results gives its first one where one is bound. */
export function spreads(call: NativeCall): boolean {
  return call.results.length > 1 || (call.results.length === 1 && (call.target.signature?.results?.length ?? 0) > 1);
}
