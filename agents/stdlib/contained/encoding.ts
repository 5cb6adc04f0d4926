/** Text of a file: UTF-8 where nothing else is said. Bytes that are no text of the encoding are an error. */
import { isUtf8 } from "node:buffer";
import { type Given, Refused } from "../given.ts";
import type { ContainedContext } from "./contained-function.ts";

const encodings = { "utf-8": "utf8", "utf-16le": "utf16le", latin1: "latin1", ascii: "latin1" } as const;

export type TextEncodingName = keyof typeof encodings;

export function encodingOf(given: Given<ContainedContext>): TextEncodingName {
  if (!given.has("encoding") || given.any("encoding") === null) return "utf-8";
  const asked = given.text("encoding").toLowerCase();
  const names = Object.keys(encodings) as TextEncodingName[];
  const found = names.find((name) => name === asked || name.replaceAll("-", "") === asked.replaceAll("-", ""));
  if (found !== undefined) return found;
  throw new Refused("ValidationError", `'encoding' is one of ${names.join(", ")}, and is '${asked.slice(0, 40)}'`);
}

/** A byte order mark at the start is passed over. `place` names the file. */
export function decodeText(bytes: Buffer, encoding: TextEncodingName, place: string): string {
  if (!isTextIn(bytes, encoding)) {
    throw new Refused("ConversionError", `'${place}' is no text in ${encoding}; say its encoding, or read it as bytes`);
  }
  const text = bytes.toString(encodings[encoding]);
  return encoding.startsWith("utf") && text.startsWith("\uFEFF") ? text.slice(1) : text;
}

export function encodeText(text: string, encoding: TextEncodingName): Buffer {
  const bytes = Buffer.from(text, encodings[encoding]);
  const isWhole = encoding.startsWith("utf") || bytes.toString("latin1") === text;
  if (isWhole && isTextIn(bytes, encoding)) return bytes;
  throw new Refused("ConversionError", `the text has characters that ${encoding} lacks`);
}

function isTextIn(bytes: Buffer, encoding: TextEncodingName): boolean {
  switch (encoding) {
    case "utf-8":
      return isUtf8(bytes);
    case "utf-16le":
      return bytes.length % 2 === 0 && bytes.toString("utf16le").isWellFormed();
    case "ascii":
      return bytes.every((byte) => byte < 0x80);
    case "latin1":
      return true;
  }
}
