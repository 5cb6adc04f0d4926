/** Runs the harness against programs with seeded bugs: it has to turn red for each. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Guarantee } from "./guarantee.ts";
import { PatchedTree } from "./patched-tree.ts";
import { type SeededBug, seededBugs } from "./seeded-bugs.ts";

const exitCodes = { holds: 0, BROKEN: 1 } as const;

/** Of the bugs in what these guarantees need. Answers 0 when each was noticed, else 1. */
export async function selfCheck(
  guarantees: readonly Guarantee[],
  seed: number,
  say: (line: string) => void,
): Promise<number> {
  const bugs = seededBugs.filter((bug) => guarantees.some((guarantee) => guarantee.id === bug.guarantee));
  let missed = 0;
  for (const bug of bugs) {
    const { code, output } = await runWith(bug, seed);
    const findings = output.split("\n").filter((line) => line.startsWith(`${bug.guarantee}: `));
    const isRight = code === exitCodes[bug.expected] && findings.length > 0 === (bug.expected === "BROKEN");
    if (!isRight) missed += 1;
    say(`${isRight ? "right" : "WRONG"}  ${bug.guarantee}  ${bug.name}: ${bug.expected} expected, exit code ${code}`);
    say(`       ${isRight ? (findings[0] ?? "nothing broke") : output}`);
  }
  say(`${bugs.length - missed} of ${bugs.length} answers right`);
  return missed === 0 ? 0 : 1;
}

async function runWith(bug: SeededBug, seed: number): Promise<{ readonly code: number; readonly output: string }> {
  using tree = new PatchedTree(bug.changes);
  const flags = ["--only", bug.guarantee, "--faults", String(bug.faults), "--seed", String(seed)];
  const child = spawn(process.execPath, [join(tree.folder, "chaos", "main.ts"), ...flags], { cwd: tree.folder });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
  const [code] = (await once(child, "close")) as [number];
  return { code, output };
}
