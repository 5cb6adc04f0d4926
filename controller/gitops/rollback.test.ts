import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readEvents } from "../store/events.ts";
import { holdRevision, readRepositoryOrders, readRevisions, suspendRepository } from "../store/revisions.ts";
import { broken, conditions, source, World } from "./reconciler.fixture.ts";
import { parseStatus } from "./repository-status.ts";

let world: World;

beforeEach(async () => {
  world = await World.create();
});
afterEach(() => world.dispose());

const run = (text: string) => world.database.query({ name: "", text });
const hold = (revision: string, quarantined: string) =>
  holdRevision(world.database, {
    ...{ repository: "code", revision, quarantined: [quarantined], by: "ann", reason: "orders fail", at: new Date() },
  });
const revisions = async () => (await readRevisions(world.database, "code")).map(({ revision }) => revision);
const events = async (kind: string) =>
  (await readEvents(world.database, { kind, name: "", namespace: "", repository: "code" }, 50)).map(
    ({ name, reason }) => `${reason} ${name}`,
  );

test("a held revision is in force instead of the quarantined commit, and a newer commit ends that", async () => {
  const first = world.origin.commit({ "a.pg": source("A"), "b.pg": source("B") });
  await world.declare();
  const second = world.origin.commit({ "a.pg": source("A", "2"), "b.pg": null, "c.pg": source("C") });
  await world.reconcile();
  expect(await revisions()).toEqual([second, first]);

  await hold(first, second);
  expect(await world.reconcile()).toBe("applied");
  expect(await world.pipelines()).toEqual({ "test>A#A": 3, "test>B#B": 1 });
  const repository = await world.repository();
  expect(conditions(repository)).toMatchObject({ Ready: "True RolledBack" });
  expect(parseStatus(repository.status)).toMatchObject({ observed_revision: second, applied_revision: first });
  await world.reconcile();
  expect(await world.pipelines()).toEqual({ "test>A#A": 3, "test>B#B": 1 });

  world.origin.commit({ "c.pg": source("C", "3") });
  await world.reconcile();
  expect(await world.pipelines()).toEqual({ "test>A#A": 4, "test>C#C": 1 });
  expect(await readRepositoryOrders(world.database, "code")).toMatchObject([{ held_revision: null, quarantined: [] }]);
});

test("a revision with files in error is none to go back to", async () => {
  const good = world.origin.commit({ "a.pg": source("A") });
  await world.declare();
  world.origin.commit({ "a.pg": broken("A") });
  await world.reconcile();
  expect(await revisions()).toEqual([good]);
});

test.each([
  ["a plan", `update objects set spec = '{"plan_digest":"sha256:other"}' where kind = 'Pipeline' and name = 'A'`],
  ["a digest", `update objects set spec_digest = 'sha256:other' where kind = 'Pipeline' and name = 'A'`],
  ["a removal", `delete from objects where kind = 'Pipeline' and name = 'A'`],
])("%s that others changed in the store is put back, and told", async (_what, change) => {
  world.origin.commit({ "a.pg": source("A"), "b.pg": source("B") });
  await world.declare();
  await run(change);
  expect(await world.reconcile()).toBe("applied");
  const [object] = await run("select spec ->> 'plan_digest' = spec_digest as same from objects where name = 'A'");
  expect(object).toEqual({ same: true });
  expect(conditions(await world.repository())).toMatchObject({ Drifted: "False Healed" });
  expect(await events("GitRepository")).toContain("Healed code");
});

test("where drift is only reported it stays, and the condition names it until it is gone", async () => {
  world.origin.commit({ "a.pg": source("A"), "b.pg": source("B") });
  await world.declare(', drift: "report"');
  await run("delete from objects where kind = 'Pipeline' and name = 'A'");
  expect(await world.reconcile()).toBe("drifted");
  expect(await world.pipelines()).toEqual({ "test>B#B": 1 });
  expect(conditions(await world.repository())).toMatchObject({
    Drifted: "True ChangedByOthers",
    Ready: "True Applied",
  });
  world.origin.commit({ "b.pg": source("B", "2") });
  expect(await world.reconcile()).toBe("applied");
  expect(await world.pipelines()).toEqual({ "test>A#A": 1, "test>B#B": 2 });
  expect(conditions(await world.repository())).toMatchObject({ Drifted: "False AsDeclared" });
});

test("a suspended repository is left alone until it is followed again", async () => {
  world.origin.commit({ "a.pg": source("A") });
  await world.declare();
  await suspendRepository(world.database, "code", "ann", new Date());
  world.origin.commit({ "a.pg": source("A", "2") });
  await world.reconciler.ask("code");
  await vi.waitFor(
    async () => expect(conditions(await world.repository())).toMatchObject({ Reconciling: "False Suspended" }),
    20_000,
  );
  expect(await world.pipelines()).toEqual({ "test>A#A": 1 });
  await suspendRepository(world.database, "code", null, new Date());
  expect(await world.reconcile()).toBe("applied");
  expect(await world.pipelines()).toEqual({ "test>A#A": 2 });
});

test("each change of an object leaves an event with its revision", async () => {
  world.origin.commit({ "a.pg": source("A"), "b.pg": source("B") });
  await world.declare();
  const second = world.origin.commit({ "a.pg": source("A", "2"), "b.pg": null });
  await world.reconcile();
  expect(await events("Pipeline")).toEqual(["Removed B", "Changed A", "Created B", "Created A"]);
  const [newest] = await readEvents(
    world.database,
    { kind: "Pipeline", name: "A", namespace: "test>A", repository: "" },
    1,
  );
  expect(newest).toMatchObject({ revision: second, message: `changed by code at ${second.slice(0, 12)}` });
});
