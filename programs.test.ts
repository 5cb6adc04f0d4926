/**
 * Programs from their text to their outcome: the real compiler's plans, run by the real executioner over the runtimes of
 * this host. What either side understands differently of a plan shows here.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ExecutionBed } from "./agents/execute/bed.fixture.ts";
import { head, library, programs } from "./programs.fixture.ts";
import { createCompiler } from "./schemas/compiler/index.ts";

const bed = new ExecutionBed();
const compiler = await createCompiler();
beforeAll(() => bed.start());
afterAll(() => bed.stop());

test.each(programs)("$title", async ({ text, inputs, outcome = "succeeded", outputs = {}, error, exitCode, said }) => {
  const files = Object.entries({ ...library, "main.pg": head + text.trimStart() });
  const compiled = compiler.compile({ files: new Map(files.map(([path, content]) => [path, Buffer.from(content)])) });
  expect(compiled.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  for (const bundle of compiled.bundles.values()) bed.hold(bundle);
  const main = compiled.pipelines.find(({ id }) => id.endsWith("#Main"));
  if (main === undefined) throw new Error("no pipeline is named Main");
  const run = bed.run(main.plan, inputs);
  const report = await run.report;
  await run.ended;
  expect({
    outcome: report.outcome,
    exitCode: report.exitCode,
    error: report.error?.type,
    outputs: report.outputs,
  }).toEqual({ outcome, exitCode, error, outputs });
  const lines = run.lines.map((line) => line.text).filter((one) => !one.startsWith("waits for its module: "));
  expect(lines).toEqual(said ?? []);
});
