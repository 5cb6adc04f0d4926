import { expect, test } from "vitest";
import { createCompiler } from "../index.ts";
import { fuzzPrograms } from "./fuzz-programs.ts";
import { checkOddProgram } from "./odd-program.ts";

/** Programs of one run: some seconds. `node fuzz.ts COUNT SEED` runs more. */
const count = 2000;
const seed = 20_261_123;

const compiler = await createCompiler();

/** Says how to see it again. */
function failureOf(files: ReadonlyMap<string, string>, index: number): string[] {
  try {
    checkOddProgram(files, compiler);
    return [];
  } catch (error) {
    return [`seed ${seed}, program ${index}: ${String(error)}\n${JSON.stringify(Object.fromEntries(files))}`];
  }
}

test("what holds of any program holds of thousands of odd ones", () => {
  const programs = [...fuzzPrograms(seed, count)];
  expect(programs.flatMap((files, index) => failureOf(files, index + 1))).toEqual([]);
});
