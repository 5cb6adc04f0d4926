/** Executions as data, run over the real runtimes: what a plan says is what happens. */
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { AttemptReport } from "../attempt.ts";
import { ExecutionBed, type Run } from "../bed.fixture.ts";
import { databases } from "./cases/databases.ts";
import { network } from "./cases/network.ts";
import { casesOf, localSuites } from "./every-case.ts";
import { bundle } from "./program.ts";
import { startServers } from "./servers.fixture.ts";

const bed = new ExecutionBed({ cpuWindowMs: 300 });
/** Their addresses stand in plans, so they are there before the tests are named. */
const servers = await startServers(inject("postgresUrl"));
beforeAll(async () => {
  bed.hold(bundle);
  await bed.start();
});
afterAll(async () => {
  await bed.stop();
  await servers.stop();
});

const suites = { ...localSuites, network: network(servers), databases: databases(servers) };

test.each(casesOf(suites))("$topic: $title", async ({ plan, inputs, expect: expected }) => {
  const run = bed.run(plan, inputs);
  const report = await run.report;
  await run.ended;
  const { outputs = {}, ...rest } = expected;
  expect(seen(run, report)).toMatchObject({ outcome: "succeeded", ...rest });
  expect(report.outputs).toEqual(outputs);
});

/** A report in the words of a case. */
function seen({ lines }: Run, report: AttemptReport) {
  expect(lines.map((line) => line.sequence)).toEqual(lines.map((_, index) => index + 1));
  const said = lines.map((line) => line.text);
  return {
    ...report,
    said,
    saidLast: said.at(-1),
    saidAfter: (report.background ?? []).flatMap(({ attempt }) => bed.branch(attempt).lines.map((line) => line.text)),
    neverSaid: neverSaid(said),
    steps: report.steps.map(({ node, state }) => `${node} ${state}`),
  };
}

/** `[]` where `never` was not said, which is what cases expect of it. */
const neverSaid = (said: readonly string[]): string[] => said.filter((line) => line === "never");
