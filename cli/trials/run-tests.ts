/** Test files of a folder, run: what became of each test. */
import type { Bundle } from "@polyglot/contracts";
import { judge } from "./judge.ts";
import { type Prepared, type Project, prepareTrial } from "./prepare-trial.ts";
import type { PlacedTest, TestFile } from "./test-file.ts";
import { runTrials } from "./trial-program.ts";

export interface TestResult {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  /** Empty: it passed. */
  readonly problems: readonly string[];
  readonly durationMs: number;
}

interface Planned {
  readonly test: PlacedTest;
  readonly file: TestFile;
  readonly prepared: Prepared;
}

/** In the order of the files and their tests. `named`: a part of the names of those that are run. */
export async function runTests(
  files: readonly TestFile[],
  project: Project,
  bundles: Iterable<Bundle>,
  named = "",
): Promise<TestResult[]> {
  const chosen = files.flatMap((file) =>
    file.tests.filter(({ name }) => name.includes(named)).map((test) => ({ test, file })),
  );
  const planned = chosen.map(
    ({ test, file }, id): Planned => ({ test, file, prepared: prepareTrial(id, test, file, project) }),
  );
  const results = new Map<number, TestResult>();
  for (const [id, { prepared, ...one }] of planned.entries()) {
    if (prepared.kind === "problem") results.set(id, resultOf(one, [prepared.message], 0));
  }
  const trials = planned.flatMap(({ prepared }) => (prepared.kind === "trial" ? [prepared.trial] : []));
  await runTrials(bundles, trials, (answer) => {
    const one = planned[answer.id];
    if (one?.prepared.kind !== "trial") return;
    const problems = judge(one.test.expect ?? {}, answer, one.prepared.names);
    results.set(answer.id, resultOf(one, problems, answer.durationMs));
  });
  return planned.flatMap((_, id) => results.get(id) ?? []);
}

function resultOf(
  { test, file }: Pick<Planned, "test" | "file">,
  problems: readonly string[],
  durationMs: number,
): TestResult {
  return { file: file.path, line: test.line, name: test.name, problems, durationMs };
}
