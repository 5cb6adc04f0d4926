/**
 * Compiles many programs made of fragments: `node fuzz.ts [COUNT] [SEED]`. Ends at the first that crashes, that is not its
 * tokens joined, or that does not format to itself, and prints it; the same seed gives the same programs.
 */
import { createCompiler, format } from "../index.ts";
import { tokenize } from "../syntax/tokenize.ts";
import { fragments } from "./fragments.ts";

const count = Number(process.argv[2] ?? 10_000);
const seed = Number(process.argv[3] ?? 1);

/** Fragments of one program. */
const maxFragments = 24;

/** Mulberry32: small, seeded, good enough to choose fragments. */
function createRandom(start: number): (below: number) => number {
  let state = start >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function createProgram(random: (below: number) => number): string {
  const parts = Array.from({ length: 1 + random(maxFragments) }, () => fragments[random(fragments.length)] ?? "");
  return random(2) === 0 ? parts.join("") : `[@] test>Space\n[X]\n[|] Main\n[t] |T.Cli\n${parts.join("")}[x]\n`;
}

const compiler = await createCompiler();
const encoder = new TextEncoder();
const random = createRandom(seed);

function check(text: string): void {
  compiler.compile({ files: new Map([["main.pg", encoder.encode(text)]]) });
  const joined = tokenize(text)
    .map((token) => text.slice(token.start, token.end))
    .join("");
  if (joined !== text) throw new Error("the tokens do not join to the text");
  const once = format(text);
  if (format(once) !== once) throw new Error("the formatted text formats to another");
}

for (let index = 0; index < count; index++) {
  const text = createProgram(random);
  try {
    check(text);
  } catch (error) {
    process.stderr.write(`seed ${seed}, program ${index}:\n${JSON.stringify(text)}\n`);
    throw error;
  }
}
process.stdout.write(`${count} programs compiled, seed ${seed}\n`);
