import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Plan, type PlanDigest, parsePlanDigest, plan as planSchema, sha256 } from "@polyglot/contracts";

export interface PlanCacheLimits {
  readonly inMemory: number;
  readonly onDisk: number;
}

export type FoundPlan<Prepared> =
  | { readonly kind: "plan"; readonly plan: Prepared }
  /** The controller believed that the agent has it. */
  | { readonly kind: "missing" }
  | { readonly kind: "damaged"; readonly message: string };

/**
 * Plans by digest: in memory as they are executed, on disk as the bytes that their digest names. Nothing leaves the disk
 * while the process lives, because controllers rely on what they were told and on what they sent.
 */
export class PlanCache<Prepared> {
  readonly #folder: string;
  readonly #prepare: (plan: Plan) => Prepared;
  readonly #limits: PlanCacheLimits;
  readonly #plans = new Map<string, Prepared>();
  readonly #onDisk = new Set<string>();

  constructor(folder: string, prepare: (plan: Plan) => Prepared, limits: PlanCacheLimits) {
    this.#folder = folder;
    this.#prepare = prepare;
    this.#limits = limits;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const digest of this.#newestOnDisk()) this.#onDisk.add(digest);
  }

  digests(): string[] {
    return [...this.#onDisk];
  }

  /** `bytes`: the plan as it came with the request, where it did. */
  find(digest: string, bytes?: Uint8Array): FoundPlan<Prepared> {
    const known = this.#plans.get(digest);
    if (known !== undefined) {
      this.#plans.delete(digest);
      this.#plans.set(digest, known);
      return { kind: "plan", plan: known };
    }
    const isNew = !this.#onDisk.has(digest);
    const content = bytes ?? (isNew ? undefined : this.#read(digest));
    if (content === undefined) return { kind: "missing" };
    const found = this.#parse(digest, content);
    if (found.kind === "plan") this.#keep(digest, found.plan, isNew ? content : undefined);
    return found;
  }

  #parse(digest: string, content: Uint8Array): FoundPlan<Prepared> {
    const actual = sha256(content);
    if (actual !== digest)
      return { kind: "damaged", message: `the plan ${digest} arrived damaged: its bytes are ${actual}` };
    const parsed = planSchema.safeParse(JSON.parse(Buffer.from(content).toString("utf8")));
    if (parsed.success) return { kind: "plan", plan: this.#prepare(parsed.data) };
    return { kind: "damaged", message: `the plan ${digest} is not of version 1: ${parsed.error.message}` };
  }

  #keep(digest: string, plan: Prepared, bytes: Uint8Array | undefined): void {
    this.#plans.set(digest, plan);
    const [oldest] = this.#plans.keys();
    if (this.#plans.size > this.#limits.inMemory && oldest !== undefined) this.#plans.delete(oldest);
    if (bytes === undefined) return;
    const path = this.#path(digest);
    writeFileSync(`${path}.new`, bytes, { mode: 0o600 });
    renameSync(`${path}.new`, path);
    this.#onDisk.add(digest);
  }

  /** A file that went away or was changed is a plan that the agent does not have. */
  #read(digest: string): Uint8Array | undefined {
    try {
      const content = readFileSync(this.#path(digest));
      return sha256(content) === digest ? content : undefined;
    } catch {
      return undefined;
    }
  }

  /** At the start only: the newest ones within the limit stay. */
  #newestOnDisk(): PlanDigest[] {
    const found = readdirSync(this.#folder).flatMap((file) => {
      const digest = parsePlanDigest(`sha256:${file.replace(/\.json$/, "")}`);
      return digest === undefined ? [] : [{ digest, at: statSync(join(this.#folder, file)).mtimeMs }];
    });
    found.sort((a, b) => b.at - a.at);
    for (const { digest } of found.slice(this.#limits.onDisk)) rmSync(this.#path(digest), { force: true });
    return found.slice(0, this.#limits.onDisk).map(({ digest }) => digest);
  }

  #path(digest: string): string {
    return join(this.#folder, `${digest.slice("sha256:".length)}.json`);
  }
}
