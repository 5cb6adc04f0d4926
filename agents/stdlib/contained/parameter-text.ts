import { type CanonicalValue, kindOfValue } from "@polyglot/contracts";
import { describeKind } from "../../convert/describe.ts";
import { Refused } from "../given.ts";
import { jsonOfValue, textOfValue } from "../text-of-value.ts";

/** A statement's parameter for which its database has no kind of value. */
export function parameterText(value: CanonicalValue, asJson: boolean, index: number): string {
  const text = asJson ? jsonOfValue(value) : textOfValue(value);
  if (text.kind === "text" && kindOfValue(value) !== "$range") return text.text;
  const what = text.kind === "text" ? describeKind(value) : text.what;
  throw new Refused("ConversionError", `parameter ${index + 1} is or holds ${what}, which a database does not take`);
}
