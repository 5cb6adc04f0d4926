import type { BundleDigest, Plan, PlanDigest } from "@polyglot/contracts";
import type { Database } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const readPlansQuery = sqlFile("read-plans");

const maxPlans = 10_000;

export interface StoredPlan {
  readonly digest: PlanDigest;
  readonly plan: Plan;
  /** Canonical JSON as UTF-8: what the digest is of, and what travels to agents. */
  readonly bytes: Uint8Array;
  readonly bundleDigest: BundleDigest;
}

/** Plans by digest. They never change, so what is here is right; the oldest go when there are too many. */
export class PlanCache {
  readonly #database: Database;
  readonly #plans = new Map<string, StoredPlan>();

  constructor(database: Database) {
    this.#database = database;
  }

  get(digest: string): StoredPlan | undefined {
    return this.#plans.get(digest);
  }

  /** Loads what is missing of these; digests that the store has not stay absent. */
  async load(digests: Iterable<string>): Promise<void> {
    const missing = [...new Set(digests)].filter((digest) => !this.#plans.has(digest));
    if (missing.length === 0) return;
    const rows = await this.#database.query<{ plan_digest: PlanDigest; plan: string; bundle_digest: BundleDigest }>(
      readPlansQuery,
      [missing],
    );
    for (const row of rows) {
      this.#plans.set(row.plan_digest, {
        digest: row.plan_digest,
        plan: JSON.parse(row.plan) as Plan,
        bytes: Buffer.from(row.plan, "utf8"),
        bundleDigest: row.bundle_digest,
      });
    }
    while (this.#plans.size > maxPlans) this.#plans.delete(this.#plans.keys().next().value ?? "");
  }
}
