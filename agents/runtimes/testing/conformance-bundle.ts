/** The conformance suite's functions of a language as a bundle, with files replaced where a test asks for that. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Bundle, createBundle } from "@polyglot/contracts";

export async function conformanceBundle(
  runtime: "python" | "node" | "rust" | "cpp",
  replaced: Readonly<Record<string, string>> = {},
): Promise<Bundle> {
  const folder = fileURLToPath(new URL(`../${runtime}/conformance/lib`, import.meta.url));
  const files = new Map<string, Uint8Array>();
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isFile()) files.set(`lib/${entry.name}`, await readFile(join(folder, entry.name)));
  }
  for (const [path, text] of Object.entries(replaced)) files.set(path, new TextEncoder().encode(text));
  return createBundle(files);
}
