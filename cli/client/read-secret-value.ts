/** A value that stands on no command line: out of a file, a pipe, or the fingers of a person. */
import { closeSync, openSync, readSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { Failure } from "./failure.ts";

/** More is refused by the controller; one byte more tells it so. */
const maxBytes = 64 * 1024 + 3;

/** Without one line break at its end: editors and `echo` write one. */
export async function readSecretValue(name: string, file: string | undefined): Promise<Uint8Array> {
  if (file !== undefined) return withoutLastBreak(readFile(file));
  if (process.stdin.isTTY) return Buffer.from(await askHidden(`value of ${name}: `), "utf8");
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) break;
  }
  return withoutLastBreak(Buffer.concat(chunks));
}

function readFile(path: string): Buffer {
  try {
    const file = openSync(path, "r");
    try {
      const buffer = Buffer.alloc(maxBytes);
      return buffer.subarray(0, readSync(file, buffer));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new Failure("usage", `'${path}' cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** What is typed is not shown. */
async function askHidden(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await lines.question("");
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}

function withoutLastBreak(bytes: Buffer): Buffer {
  if (bytes.at(-1) !== 0x0a) return bytes;
  return bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1);
}
