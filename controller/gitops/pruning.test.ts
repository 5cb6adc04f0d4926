import { afterEach, beforeEach, expect, test } from "vitest";
import { confirmPrune } from "../store/revisions.ts";
import { conditions, source, World } from "./reconciler.fixture.ts";
import { isProtected } from "./pruning.ts";
import { parseStatus } from "./repository-status.ts";

let world: World;

beforeEach(async () => {
  world = await World.create();
});
afterEach(() => world.dispose());

const pruning = async () => parseStatus((await world.repository()).status).pruning;
const names = async () => Object.keys(await world.pipelines());

test("what leaves a repository that asks first stays until its list is confirmed, and the rest of the commit is applied", async () => {
  world.origin.commit({ "a.pg": source("A"), "b.pg": source("B") });
  await world.declare(', prune: "confirm"');
  world.origin.commit({ "a.pg": source("A", "2"), "b.pg": null });
  expect(await world.reconcile()).toBe("applied");
  expect(await world.pipelines()).toEqual({ "test>A#A": 2, "test>B#B": 1 });
  expect(conditions(await world.repository())).toMatchObject({
    Ready: "True Applied",
    Reconciling: "True AwaitsConfirmation",
  });
  const asked = await pruning();
  expect(asked?.names).toEqual(["Pipeline/test>B#B"]);

  await confirmPrune(world.database, "code", "0000000000000000", new Date());
  await world.reconcile();
  expect(await names()).toEqual(["test>A#A", "test>B#B"]);

  await confirmPrune(world.database, "code", asked?.hash ?? "", new Date());
  await world.reconcile();
  expect(await names()).toEqual(["test>A#A"]);
  expect(await pruning()).toBeUndefined();
  expect(conditions(await world.repository())).toMatchObject({ Reconciling: "False Idle" });
});

test("a confirmation counts once: what comes back and leaves again is asked for again", async () => {
  world.origin.commit({ "a.pg": source("A"), "b.pg": source("B") });
  await world.declare(', prune: "confirm", drift: "report"');
  for (const round of [1, 2]) {
    world.origin.commit({ "b.pg": null, "round.txt": `${round}` });
    await world.reconcile();
    const asked = await pruning();
    expect(asked?.names).toEqual(["Pipeline/test>B#B"]);
    await confirmPrune(world.database, "code", asked?.hash ?? "", new Date());
    expect(await world.reconcile()).toBe("applied");
    expect(await names()).toEqual(["test>A#A"]);
    world.origin.commit({ "b.pg": source("B") });
    await world.reconcile();
  }
});

test("what is protected stays when it leaves the repository", async () => {
  world.origin.commit({ "a.pg": source("A"), "b.pg": source("B"), "c.pg": source("C") });
  await world.declare(', protect: ["Pipeline/test>A#*", "Queue/*"]');
  world.origin.commit({ "a.pg": null, "b.pg": null });
  await world.reconcile();
  expect(await names()).toEqual(["test>A#A", "test>C#C"]);
});

test.each([
  ["Queue/*", true],
  ["Queue/etl", true],
  ["*", true],
  ["Queue/et", false],
  ["Pipeline/*", false],
])("the pattern %s is about the queue etl: %s", (pattern, is) => {
  expect(isProtected({ kind: "Queue", namespace: "", name: "etl" }, [pattern])).toBe(is);
});
