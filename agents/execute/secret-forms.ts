/** The forms in which a secret's value is looked for in what leaves an execution. */

/** Shorter pieces of a value stand in other texts, too. Characters. */
const leastPiece = 8;

/** The value itself, its lines, and what the usual encodings make of it. */
export function formsOf(value: string): readonly string[] {
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  const pieces = lines.length === 1 ? [] : lines.filter((line) => line.length >= leastPiece && !isMarker(line));
  return [...new Set([value, value.trim(), ...pieces].flatMap(encodingsOf))].filter((form) => form !== "");
}

/** `-----BEGIN PRIVATE KEY-----` is the same in all keys. */
export const isMarker = (line: string): boolean => line.startsWith("-----");

function encodingsOf(text: string): string[] {
  const bytes = Buffer.from(text, "utf8");
  const base64 = [bytes.toString("base64"), ...withinBase64(bytes)];
  return [
    text,
    JSON.stringify(text).slice(1, -1),
    ...base64,
    ...base64.map((form) => form.replaceAll("+", "-").replaceAll("/", "_")),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    encodeURIComponent(text.toWellFormed()),
    new URLSearchParams([["", text]]).toString().slice(1),
  ];
}

/** Where the value stands within a longer text that is encoded, the characters of it that no neighbour has a part in. */
function withinBase64(bytes: Buffer): string[] {
  return [0, 1, 2]
    .map((before) => {
      const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
      return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    })
    .filter((form) => form.length >= leastPiece);
}
