import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("the quickstart tells its whole story", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, "quickstart.ts")]);
  expect(stdout).toContain("Ada: 25.00 EUR; Grace: 120.00 EUR");
  expect(stdout).toContain("1. Alan: 99.00 USD; 2. Ada: 42.00 USD; 3. Grace: 12.50 USD");
  expect(stdout).toContain("two commits reconciled, two files handled, nothing left running");
  expect(stdout).not.toContain("FAILED");
}, 120_000);
