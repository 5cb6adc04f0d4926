import * as fc from "fast-check";
import { expect, test } from "vitest";
import { maxLineCharacters, OutputLines } from "../pool/output-lines.ts";
import { ObtainedSecrets } from "./obtained-secrets.ts";
import { RedactedLines } from "./redacted-lines.ts";

/** Shares no character with what stands around it. */
const value = fc.string({ unit: fc.constantFrom(..."ABCDEFGHIJ+/?0123".split("")), minLength: 4, maxLength: 60 });

const encodings: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => Buffer.from(text).toString("hex"),
  (text) => encodeURIComponent(text),
];

function obtained(...values: readonly string[]): ObtainedSecrets {
  const secrets = new ObtainedSecrets();
  for (const [index, one] of values.entries()) secrets.keep("p", `s${index}`, one);
  return secrets;
}

/** What a process that writes these bytes leaves in the log. */
function logged(secrets: ObtainedSecrets, chunks: readonly Buffer[]): string[] {
  const stream = new OutputLines();
  const lines = new RedactedLines(secrets);
  return [...chunks.flatMap((chunk) => stream.push(chunk)), ...stream.finish()].map((line) =>
    lines.redact("run.0", line),
  );
}

const withoutMarks = (lines: readonly string[]): string => lines.join("").replaceAll("[secret]", "");

test("a secret is in no line, wherever chunks and lines are cut and however it is encoded", () => {
  const cut = fc.integer({ min: -70, max: 70 });
  const property = fc.property(
    value,
    fc.constantFrom(...encodings),
    fc.array(fc.tuple(fc.constantFrom(0, 1, 2, 3), cut), { minLength: 1, maxLength: 4 }),
    fc.array(fc.integer({ min: 1, max: 40_000 }), { maxLength: 6 }),
    (secret, encode, places, sizes) => {
      const ends = places
        .map(([times, offset]) => Math.max(0, times * maxLineCharacters + offset))
        .sort((a, b) => a - b);
      let text = "";
      for (const end of ends) text += "z".repeat(Math.max(0, end - text.length)) + encode(secret);
      const left = withoutMarks(logged(obtained(secret), chunksOf(Buffer.from(text), sizes)));
      expect(left.replaceAll(/[z…]/g, "")).toBe("");
    },
  );
  fc.assert(property, { numRuns: 300 });
});

function chunksOf(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const size of sizes) chunks.push(bytes.subarray(at, (at += size)));
  return [...chunks, bytes.subarray(at)];
}

test("the whole of a value's base64 is left out, and of a longer text's what only the value decides", () => {
  const property = fc.property(value, fc.string({ unit: "binary", maxLength: 5 }), (secret, before) => {
    const secrets = obtained(secret);
    expect(secrets.redact(`x ${Buffer.from(secret).toString("base64")} x`)).toBe("x [secret] x");
    const bytes = Buffer.from(secret);
    const padded = Buffer.concat([Buffer.from(before), bytes, Buffer.from("zzz")]).toString("base64");
    // Its two ends share characters with the neighbours.
    const shown = secrets.redact(padded).replace("[secret]", "").length;
    const least = bytes.length > 8 ? Math.floor((bytes.length * 8) / 6) - 1 : 0;
    expect(padded.length - shown).toBeGreaterThanOrEqual(least);
  });
  fc.assert(property, { numRuns: 300 });
});

test("several secrets in one line are all left out, those that overlap too", () => {
  const secrets = obtained("abcdef", "defghi", "0123456789");
  expect(secrets.redact("<abcdefghi> <0123456789> <abcde>")).toBe("<[secret]> <[secret]> <abcde>");
});

test("the beginning of a long one is left out where something has cut the rest", () => {
  const long = "a-rather-long-secret-that-a-message-cuts";
  expect(obtained(long).redact(`got '${long.slice(0, 24)}…'`)).toBe("got '[secret]…'");
});

test("lines of a value with several lines are left out one by one", () => {
  const pem = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----\n";
  const lines = pem.split("\n").map((line) => new RedactedLines(obtained(pem)).redact("n", line));
  expect(lines).toEqual(["-----BEGIN KEY-----", "[secret]", "[secret]", "-----END KEY-----", ""]);
});

test("a full line without its end shows nothing of a secret that it ends in, and steps do not mix", () => {
  const lines = new RedactedLines(obtained("hunter2-hunter2"));
  const full = `${"x".repeat(maxLineCharacters - 4)}hunt`;
  expect(lines.redact("a", `${full}…`)).toBe(`${"x".repeat(maxLineCharacters - 4)}[secret]…`);
  expect(lines.redact("b", "er2-hunter2 of another step")).toBe("er2-hunter2 of another step");
  expect(lines.redact("a", "er2-hunter2 and on")).toBe("[secret] and on");
  expect(lines.redact("a", "hunt is a word")).toBe("hunt is a word");
});

test("where no secret was got, lines stay as they are", () => {
  expect(new RedactedLines(new ObtainedSecrets()).redact("n", "hunter2")).toBe("hunter2");
});
