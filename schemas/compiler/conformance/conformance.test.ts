/* oxlint-disable vitest/valid-title, vitest/expect-expect, vitest/valid-expect -- titles and expectations are data */
import { readdirSync, readFileSync } from "node:fs";
import { plan as planSchema } from "@polyglot/contracts";
import { describe, expect, test } from "vitest";
import { createCompiler } from "../index.ts";
import { toCompileInput } from "./compile-input.ts";
import { type Case, readCases } from "./read-cases.ts";

const compiler = await createCompiler();
const folder = new URL("./cases/", import.meta.url);

/** Native code that every case may import as `@Py` and `@Js`. */
const sharedFiles: Readonly<Record<string, string>> = {
  "code.py": readFileSync(new URL("code.py", folder), "utf8"),
  "code.mjs": readFileSync(new URL("code.mjs", folder), "utf8"),
};

for (const name of readdirSync(folder)
  .filter((file) => file.endsWith(".cases"))
  .toSorted()) {
  describe(name.replace(".cases", ""), () => {
    const cases = readCases(readFileSync(new URL(name, folder), "utf8"));
    for (const item of cases) test(item.title, () => check(item));
  });
}

function check({ files, marks, assertions }: Case): void {
  const all = Object.entries({ ...sharedFiles, ...Object.fromEntries(files) });
  const encoder = new TextEncoder();
  const result = compiler.compile(toCompileInput(all.map(([path, text]) => [path, encoder.encode(text)])));
  const found = result.diagnostics.map(
    (item) => `${item.file}:${item.line}:${item.column}-${item.endColumn} ${item.code} ${item.message}`,
  );
  const expected = marks.map((mark) => `${mark.file}:${mark.line}:${mark.column}-${mark.endColumn} ${mark.code}`);
  expect(found.map((text) => text.split(" ").slice(0, 2).join(" ")).toSorted(), found.join("\n")).toEqual(
    expected.toSorted(),
  );
  for (const { plan } of result.pipelines) expect(planSchema.parse(plan)).toEqual(plan);
  const last = result.pipelines.at(-1)?.plan;
  for (const { path, value } of assertions) expect(at(last, path), path.join(".")).toEqual(value);
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], value);
}
