/** Runs all tests, then says in one plain line how many there were. Its arguments go to vitest. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

const folder = mkdtempSync(join(tmpdir(), "polyglot-test-report-"));
const file = join(folder, "report.json");
const vitest = join(import.meta.dirname, "..", "node_modules", "vitest", "vitest.mjs");
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
const { status } = spawnSync(process.execPath, [vitest, "run", ...reporters, ...process.argv.slice(2)], {
  stdio: "inherit",
});
const report = readReport();
rmSync(folder, { recursive: true });
process.exitCode = report === undefined ? 1 : summarise(report);

function readReport(): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch {
    return undefined;
  }
}

/** A file that could not be loaded has no tests to count, so it counts as one that failed. */
function summarise(tests: Report): number {
  const unloaded = tests.testResults.filter((one) => one.status === "failed" && one.assertionResults.length === 0);
  const skipped = tests.testResults.flatMap((one) =>
    one.assertionResults.filter((test) => ["skipped", "pending", "todo", "disabled"].includes(test.status)),
  );
  for (const test of skipped) console.log(`skipped: ${test.fullName}`);
  const failed = tests.numFailedTests + unloaded.length;
  console.log(`${tests.numPassedTests} passed, ${failed} failed, ${skipped.length} skipped`);
  return status === 0 && failed === 0 ? 0 : 1;
}
