/**
 * `npm run chaos [-- --minutes N] [--seed S] [--only G5,G9] [--faults N] [--self-check]`: kills Polyglot's programs under
 * load and says whether what it guarantees held. Exit codes: 0 all held, 1 something broke, 2 too little happened.
 */
import { parseArgs } from "node:util";
import type { Guarantee } from "./guarantee.ts";
import { guarantees } from "./guarantees/index.ts";
import { details, formatReport, type Line, resultOf } from "./report.ts";
import { selfCheck } from "./self-check.ts";
import { show } from "./show.ts";

const { values: flags } = parseArgs({
  options: {
    minutes: { type: "string", default: "0" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    faults: { type: "string" },
    "self-check": { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});

const exitCodes = { holds: 0, BROKEN: 1, void: 2 } as const;
const say = (line: string) => process.stderr.write(`${line}\n`);

process.exitCode = flags["self-check"] ? await selfCheck(chosen(), Number(flags.seed), say) : await rounds();

/** One round, and further ones with the next seeds while the time lasts. */
async function rounds(): Promise<number> {
  const end = performance.now() + Number(flags.minutes) * 60_000;
  const lines: Line[] = [];
  for (let seed = Number(flags.seed); lines.length === 0 || performance.now() < end; seed += 1) {
    for (const guarantee of chosen()) {
      if (lines.length > 0 && Number(flags.minutes) > 0 && performance.now() >= end) break;
      lines.push(await lineOf(guarantee, seed));
    }
  }
  process.stdout.write(`${formatReport(lines)}\n`);
  const results = lines.map(({ verdict }) => resultOf(verdict));
  return exitCodes[(["BROKEN", "void"] as const).find((worst) => results.includes(worst)) ?? "holds"];
}

function chosen(): readonly Guarantee[] {
  const ids = flags.only?.split(",") ?? guarantees.map((guarantee) => guarantee.id);
  const unknown = ids.filter((id) => !guarantees.some((guarantee) => guarantee.id === id));
  if (unknown.length > 0) throw new Error(`no guarantee '${unknown.join("', '")}': there are ${names()}`);
  return guarantees.filter((guarantee) => ids.includes(guarantee.id));
}

const names = (): string => guarantees.map((guarantee) => guarantee.id).join(", ");

async function lineOf(guarantee: Guarantee, seed: number): Promise<Line> {
  const faults = flags.faults === undefined ? guarantee.faults : Number(flags.faults);
  say(`${guarantee.id} ${guarantee.title}: ${faults} faults, seed ${seed}`);
  const verdict = await show(guarantee, seed, faults, flags.verbose ? say : () => undefined);
  say(`${guarantee.id} ${resultOf(verdict)}: ${verdict.faults} faults, ${verdict.load} executions`);
  const line = { guarantee, seed, verdict };
  for (const detail of details(line)) say(detail);
  return line;
}
