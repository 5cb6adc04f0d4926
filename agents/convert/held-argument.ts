/**
 * A held value as an argument: its own text, where the type asks nothing that the text does not keep. Undefined where the
 * value has to be read and fitted first.
 */
import type { EncodedText } from "./argument.ts";
import type { Border } from "./fit.ts";
import type { HeldValue } from "./held-value.ts";
import type { Shape } from "./shape.ts";
import { type SharedPart, type SharedType, textOfPart, wholePart } from "./shared-part.ts";

const modulesCheck: ReadonlySet<Border> = new Set(["rust", "cpp"]);

export function encodeHeld(held: HeldValue, shape: Shape, border: Border): EncodedText | undefined {
  const { text, memory } = held;
  const part = memory === undefined ? undefined : wholePart(text);
  if (part !== undefined) return encodePart(part, shape, border);
  if (held.isTagged || (border !== "py" && held.isWide)) return undefined;
  const tagged = memory !== undefined;
  if (takesAsItIs(text, shape)) return { kind: "text", text, tagged };
  // Its module looks at every element anyway; what it refuses is read and fitted here, for the words or another form.
  return modulesCheck.has(border) ? { kind: "text", text, tagged, isUnchecked: true } : undefined;
}

function encodePart(part: SharedPart, shape: Shape, border: Border): EncodedText | undefined {
  const type = typeUnder(part, shape, part.shape.length);
  const isCompiled = modulesCheck.has(border);
  if (type === undefined || (isCompiled && (shape.kind === "any" || part.shape.length > maxModuleDimensions)))
    return undefined;
  const form = arrayUnder(shape, part.shape.length);
  const text = textOfPart({ ...part, type });
  return {
    kind: "text",
    tagged: true,
    isUnchecked: isCompiled,
    text: form === undefined ? text : `${text.slice(0, -2)},"${form}"]}`,
  };
}

/** Lists, and lists of lists: what modules of Rust and C++ take out of shared memory. */
const maxModuleDimensions = 2;

/** What the innermost lists are called where they are to lie side by side in memory. */
function arrayUnder(shape: Shape, dimensions: number): string | undefined {
  if (shape.kind !== "list") return undefined;
  return dimensions > 1 ? arrayUnder(shape.element, dimensions - 1) : shape.array;
}

const ints: ReadonlySet<SharedType> = new Set(["i8", "i4"]);

/** What the elements are under the type; undefined where they are to become something else. */
function typeUnder({ type }: SharedPart, shape: Shape, depth: number): SharedType | undefined {
  if (shape.kind === "any") return type;
  if (type === "u1")
    return shape.kind === "bytes" || (shape.kind === "list" && shape.octets === true) ? type : undefined;
  let inner: Shape = shape;
  for (let level = 0; level < depth; level += 1) {
    if (inner.kind === "any") return type;
    if (inner.kind !== "list" || inner.form !== "list") return undefined;
    inner = inner.element;
  }
  if (inner.kind === "any" || inner.kind === "number") return type;
  if (inner.kind === "float" && !ints.has(type)) return type === "n8" ? "f8" : type;
  return inner.kind === "int" && ints.has(type) ? type : undefined;
}

function takesAsItIs(text: string, shape: Shape): boolean {
  if (shape.kind === "any") return true;
  if (shape.kind === "list") {
    return shape.form === "list" && shape.array === undefined && shape.element.kind === "any" && text.startsWith("[");
  }
  return shape.kind === "map" && shape.key.kind === "any" && shape.value.kind === "any" && isMap(text);
}

const isMap = (text: string): boolean => text.startsWith("{") && !text.startsWith('{"$');

/** Whether what a worker gave is under the type of its result what it was before, as far as its text tells. */
export function keepsText(text: string, shape: Shape): boolean {
  const part = wholePart(text);
  return part === undefined ? takesAsItIs(text, shape) : typeUnder(part, shape, part.shape.length) === part.type;
}

/** The text of a part under the type of its result: numbers of JavaScript become floats where those are asked for. */
export function retypedPart(text: string, shape: Shape): string | undefined {
  const part = wholePart(text);
  const type = part === undefined ? undefined : typeUnder(part, shape, part.shape.length);
  return part === undefined || type === undefined ? undefined : textOfPart({ ...part, type });
}
