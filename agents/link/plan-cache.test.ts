import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canonicalJson, digestOfPlan, type Plan, planVersion } from "@polyglot/contracts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PlanCache } from "./plan-cache.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "polyglot-plans-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const planNamed = (name: string): Plan => ({
  version: planVersion,
  pipeline_id: `a>b#${name}`,
  triggers: [],
  queue: { queue: "Default" },
  inputs: [],
  wrappers: [],
  runtimes: {},
  setup: [],
  run: [],
  cleanup: [],
  outputs: [],
  callees: {},
});

const bytesOf = (plan: Plan): Uint8Array => Buffer.from(canonicalJson(plan));

function open(limits: { inMemory?: number; onDisk?: number } = {}) {
  const prepared: string[] = [];
  const cache = new PlanCache(
    folder,
    (plan) => {
      prepared.push(plan.pipeline_id);
      return plan;
    },
    { inMemory: 10, onDisk: 10, ...limits },
  );
  return { cache, prepared };
}

test("a plan is prepared once, and the next process finds it on disk", () => {
  const plan = planNamed("P");
  const digest = digestOfPlan(plan);
  const first = open();
  expect(first.cache.find(digest)).toEqual({ kind: "missing" });
  expect(first.cache.find(digest, bytesOf(plan)).kind).toBe("plan");
  expect(first.cache.find(digest).kind).toBe("plan");
  expect(first.prepared).toEqual(["a>b#P"]);
  const second = open();
  expect(second.cache.digests()).toEqual([digest]);
  expect(second.cache.find(digest)).toEqual({ kind: "plan", plan });
});

test("bytes that are not what their digest says are damaged, and are not kept", () => {
  const { cache } = open();
  const digest = digestOfPlan(planNamed("P"));
  expect(cache.find(digest, bytesOf(planNamed("Q")))).toMatchObject({ kind: "damaged" });
  expect(cache.digests()).toEqual([]);
});

test("a file that was changed on disk is a plan that is not there", () => {
  const plan = planNamed("P");
  const digest = digestOfPlan(plan);
  open().cache.find(digest, bytesOf(plan));
  const [file] = readdirSync(folder);
  writeFileSync(join(folder, file as string), "{}");
  expect(open().cache.find(digest)).toEqual({ kind: "missing" });
});

test("what leaves memory comes back from disk; the disk is trimmed at the start only", () => {
  const { cache, prepared } = open({ inMemory: 1, onDisk: 1 });
  const plans = ["P", "Q"].map(planNamed);
  for (const plan of plans) cache.find(digestOfPlan(plan), bytesOf(plan));
  expect(cache.find(digestOfPlan(planNamed("P"))).kind).toBe("plan");
  expect(prepared).toEqual(["a>b#P", "a>b#Q", "a>b#P"]);
  expect(cache.digests()).toHaveLength(2);
  expect(open({ onDisk: 1 }).cache.digests()).toHaveLength(1);
  expect(readdirSync(folder)).toHaveLength(1);
});
