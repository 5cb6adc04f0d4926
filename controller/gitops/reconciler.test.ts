import { afterEach, beforeEach, expect, test } from "vitest";
import { readObjectsOfKind } from "../store/objects.ts";
import { broken, conditions, source, World } from "./reconciler.fixture.ts";
import { ShardLost } from "./reconciler.ts";
import { parseStatus } from "./repository-status.ts";

let world: World;

beforeEach(async () => {
  world = await World.create();
});
afterEach(() => world.dispose());

test("a commit becomes registered pipelines, and the status names it", async () => {
  const commit = world.origin.commit({ "a.pg": source("A"), "etl/b.pg": source("B") });
  expect(await world.declare()).toBe("applied");
  expect(await world.pipelines()).toEqual({ "test>A#A": 1, "test>B#B": 1 });
  const repository = await world.repository();
  expect(parseStatus(repository.status)).toMatchObject({ observed_revision: commit, applied_revision: commit });
  expect(conditions(repository)).toMatchObject({ Ready: "True Applied", Reconciling: "False Idle" });
  expect(repository.observed_generation).toBe(repository.generation);
});

test("a broken file keeps its last good pipelines and says where it is broken; others go on", async () => {
  const good = world.origin.commit({ "a.pg": source("A"), "b.pg": source("B") });
  await world.declare();
  const bad = world.origin.commit({ "a.pg": broken("A"), "b.pg": source("B", "2"), "c.pg": source("C") });
  expect(await world.reconcile()).toBe("partly");
  expect(await world.pipelines()).toEqual({ "test>A#A": 1, "test>B#B": 2, "test>C#C": 1 });
  const repository = await world.repository();
  const status = parseStatus(repository.status);
  expect(status).toMatchObject({ observed_revision: bad, applied_revision: good });
  expect(status.diagnostics?.[0]).toMatchObject({ file: "a.pg", line: 5, severity: "error" });
  expect(conditions(repository)).toMatchObject({ Ready: "False FilesInError", Stalled: "True FilesInError" });
  expect(repository.conditions[0]?.message).toMatch(/a\.pg:5:\d+: error PG\d{4}: /);
  world.origin.commit({ "a.pg": source("A", "3") });
  expect(await world.reconcile()).toBe("applied");
  expect(conditions(await world.repository())).toMatchObject({ Ready: "True Applied", Stalled: "False Progressing" });
});

test("a pipeline whose plan is the same is not touched by a new commit", async () => {
  const first = world.origin.commit({ "a.pg": source("A"), "b.pg": source("B") });
  await world.declare();
  world.origin.commit({ "a.pg": `\\\\ a comment\n${source("A")}`, "b.pg": source("B", "2") });
  await world.reconcile();
  const [a, b] = await readObjectsOfKind(world.database, "Pipeline");
  expect(a).toMatchObject({ name: "A", generation: 1, revision: first });
  expect(b).toMatchObject({ name: "B", generation: 2 });
});

test("what leaves the repository is removed, and a moved pipeline stays", async () => {
  world.origin.commit({ "a.pg": source("A"), "b.pg": source("B") });
  await world.declare();
  world.origin.commit({ "a.pg": null, "b.pg": null, "moved/b.pg": source("B") });
  expect(await world.reconcile()).toBe("applied");
  expect(await world.pipelines()).toEqual({ "test>B#B": 1 });
  expect((await readObjectsOfKind(world.database, "Pipeline"))[0]?.file).toBe("moved/b.pg");
});

test("a rewritten branch is followed", async () => {
  world.origin.commit({ "a.pg": source("A") });
  await world.declare();
  const rewritten = world.origin.commit({ "a.pg": null, "b.pg": source("B") }, "--amend");
  await world.reconcile();
  expect(await world.pipelines()).toEqual({ "test>B#B": 1 });
  expect(parseStatus((await world.repository()).status).applied_revision).toBe(rewritten);
});

test("a newer commit supersedes a reconcile that is under way", async () => {
  const many = Array.from({ length: 60 }, (_, index) => [`p${index}.pg`, source(`P${index}`)] as const);
  world.origin.commit(Object.fromEntries(many));
  let newer = "";
  // The first pipeline of the first group is being written: now the branch moves on.
  world.preparation.onFirst = () => {
    newer = world.origin.commit({ ...Object.fromEntries(many.map(([path]) => [path, null])), "z.pg": source("Z") });
    world.reconciler.hint("code");
  };
  const superseded = world.nextRound();
  await world.declareOnly();
  expect(await superseded).toBe("superseded");
  expect(await world.nextRound()).toBe("applied");
  expect(await world.pipelines()).toEqual({ "test>Z#Z": 1 });
  expect(parseStatus((await world.repository()).status).applied_revision).toBe(newer);
});

test("what was changed by hand in the store heals with the next look", async () => {
  world.origin.commit({ "a.pg": source("A"), "b.pg": source("B") });
  await world.declare();
  await world.database.query({ name: "", text: "delete from objects where name = 'A'" });
  await world.database.query({ name: "", text: "update objects set spec_digest = 'x', spec = '{}' where name = 'B'" });
  expect(await world.reconcile()).toBe("applied");
  expect(await world.pipelines()).toEqual({ "test>A#A": 1, "test>B#B": 2 });
});

test("a repository that is not there is retried, and applied when it comes", async () => {
  world.origin.git("checkout", "--quiet", "-b", "other");
  world.origin.commit({ "a.pg": source("A") });
  expect(await world.declare()).toBe("failed");
  expect(conditions(await world.repository())).toMatchObject({
    Ready: "False FetchFailed",
    Reconciling: "True Retrying",
  });
  world.origin.git("branch", "main");
  expect(await world.reconcile()).toBe("applied");
});

test("a controller that does not hold the shard reconciles nothing", async () => {
  await world.holder.stop();
  await world.reconciler.sync();
  world.origin.commit({ "a.pg": source("A") });
  await world.declareOnly();
  await world.reconciler.sync();
  expect(await world.pipelines()).toEqual({});
});

test("a write at a term that is over changes nothing", async () => {
  world.origin.commit({ "a.pg": source("A") });
  await world.declare();
  const steal = "update shards set holder = 'other', term = term + 1 where shard = 'gitops'";
  await world.database.query({ name: "", text: steal });
  world.origin.commit({ "a.pg": source("A", "2") });
  const warning = world.nextWarning();
  await world.reconciler.ask("code");
  expect(await warning).toBeInstanceOf(ShardLost);
  expect(await world.pipelines()).toEqual({ "test>A#A": 1 });
});

test("an apply by hand is refused where a repository owns the namespace, and changes nothing with errors", async () => {
  world.origin.commit({ "a.pg": source("A") });
  await world.declare();
  expect(await world.apply({ "a.pg": source("A", "5") })).toMatchObject({ kind: "owned", repository: "code" });
  expect(await world.apply({ "x.pg": source("X"), "y.pg": broken("Y") })).toMatchObject({ kind: "invalid" });
  expect(await world.pipelines()).toEqual({ "test>A#A": 1 });
  expect(await world.apply({ "x.pg": source("X") }, true)).toMatchObject({
    objects: [{ name: "X", change: "created" }],
  });
  expect(await world.pipelines()).toEqual({ "test>A#A": 1 });
  expect(await world.apply({ "x.pg": source("X") })).toMatchObject({ objects: [{ name: "X", change: "created" }] });
  expect(await world.apply({ "x.pg": source("X") })).toMatchObject({ objects: [{ name: "X", change: "unchanged" }] });
  expect(await world.pipelines()).toEqual({ "test>A#A": 1, "test>X#X": 1 });
});

test("an apply by hand may add to a namespace whose repository allows it, and not change what that declares", async () => {
  world.origin.commit({ "a.pg": source("A") });
  await world.declare(", allowApply: true");
  const beside = "[@] test>A\n[X]\n\n[|] Beside\n[t] |T.Cli\n[o] >> answer: pg\\int << 1\n[x]\n";
  expect(await world.apply({ "x.pg": beside })).toMatchObject({ objects: [{ name: "Beside", change: "created" }] });
  expect(await world.apply({ "a.pg": source("A", "5") })).toMatchObject({ kind: "owned", repository: "code" });
  expect(await world.reconcile()).toBe("applied");
  expect(await world.pipelines()).toEqual({ "test>A#A": 1, "test>A#Beside": 1 });
});

test("a repository follows the newest tag of a range, without what it ignores", async () => {
  world.origin.commit({ "a.pg": source("A"), "b.pg": source("B") });
  world.origin.git("tag", "v1.0.0");
  world.origin.commit({ "a.pg": source("A", "2") });
  expect(await world.declare(', semver: "1.x", ignore: [/b.pg]')).toBe("applied");
  expect(await world.pipelines()).toEqual({ "test>A#A": 1 });
  world.origin.git("tag", "v1.1.0");
  expect(await world.reconcile()).toBe("applied");
  expect(await world.pipelines()).toEqual({ "test>A#A": 2 });
});

test("a pipeline is prepared when an agent has its bundle ready", async () => {
  await world.apply({ "x.pg": source("X") });
  await world.say("host-1", { ready: false });
  expect(await world.preparedness()).toEqual({ X: "False PreparationFailed" });
  await world.say("host-2", { ready: true });
  expect(await world.preparedness()).toEqual({ X: "True Prepared" });
});

test("code that does not build leaves the pipelines prepared that do not call it", async () => {
  const calling = String.raw`[@] test>Y
[D] @Geo << cpp"./geo.cpp"
[X]
[|] Calls
[t] |T.Call
[r] @Geo|area << 2.0 >> size: pg\float
[o] >> size
[x]
[|] Other
[t] |T.Call
[r] size: pg\float << 2.0
[o] >> size
[x]
`;
  await world.apply({ "y.pg": calling, "geo.cpp": "double area(double side) { return side * side; }\n" });
  const key = "cpp geo.cpp";
  await world.say("host-1", { ready: true, modules: [{ key }] });
  expect(await world.preparedness()).toEqual({ Calls: "Unknown Building", Other: "True Prepared" });
  await world.say("host-1", { ready: true, modules: [{ key, error: { message: "geo.cpp:1: error" } }] });
  expect(await world.preparedness()).toEqual({ Calls: "False PreparationFailed", Other: "True Prepared" });
  await world.say("host-1", { ready: true });
  expect(await world.preparedness()).toEqual({ Calls: "True Prepared", Other: "True Prepared" });
});

test("a function that an environment lacks is named with its line, and progress is shown", async () => {
  const calling = `[@] shop>Orders
[D] @Np << py"numpy"
[X]
[|] Calls
[t] |T.Call
[w] |W.Python3.11 << requirements: "requirements.txt"
[r] @Np|no_such << [1, 2]
[x]
`;
  await world.apply({ "y.pg": calling, "requirements.txt": "numpy==2.1.3\n" });
  const key = "py 3.11 requirements.txt";
  const progress = "installing requirements.txt (1 package)";
  await world.say("host-1", { ready: true, modules: [{ key, progress }] });
  expect(await world.preparedMessage("Calls")).toBe(`host-1: ${progress}`);
  const error = { message: "numpy has no function 'no_such'" };
  await world.say("host-1", { ready: true, modules: [{ key: `${key} numpy|no_such`, error }] });
  expect(await world.preparedness()).toEqual({ Calls: "False PreparationFailed" });
  expect(await world.preparedMessage("Calls")).toMatch(/^host-1: y\.pg:7:\d+: numpy has no function 'no_such'$/);
});
