/** One PostgreSQL for a whole run of the tests; a test makes a database of its own in it. See CONTRIBUTING.md. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { EmbeddedPostgres } from "../cli/local/postgres.ts";

/** What is written may be lost with the machine: it is a test's. */
const settings = { fsync: "off", full_page_writes: "off", max_connections: "300" };

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "polyglot-test-postgres-"));
  const postgres = new EmbeddedPostgres({ folder, settings });
  await postgres.start();
  project.provide("postgresUrl", postgres.url());
  return async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
