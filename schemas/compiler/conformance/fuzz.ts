/**
 * Compiles odd programs: `node fuzz.ts [COUNT] [SEED]`. Ends at the first of which something does not hold that holds of
 * any program, and prints it; the same seed gives the same programs. `fuzz.test.ts` runs a few.
 */
import { createCompiler } from "../index.ts";
import { fuzzPrograms } from "./fuzz-programs.ts";
import { checkOddProgram } from "./odd-program.ts";

const count = Number(process.argv[2] ?? 10_000);
const seed = Number(process.argv[3] ?? 1);

const compiler = await createCompiler();

let index = 0;
for (const files of fuzzPrograms(seed, count)) {
  index++;
  try {
    checkOddProgram(files, compiler);
  } catch (error) {
    process.stderr.write(`seed ${seed}, program ${index}:\n${JSON.stringify(Object.fromEntries(files), null, 1)}\n`);
    throw error;
  }
}
process.stdout.write(`${count} programs compiled, seed ${seed}\n`);
