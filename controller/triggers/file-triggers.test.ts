import { expect, test } from "vitest";
import type { Database } from "../store/database.ts";
import { createTestDatabase } from "../store/test-database.ts";
import { type FileOccurrence, fileEventOf } from "./file-triggers.ts";
import { fileTrigger, register, startTriggers } from "./triggers.fixture.ts";

const inputs = [{ name: "path", type: "pg\\string" }];

const seen = (pipelineId: string, triggerKey: string, path: string, version: string): FileOccurrence => ({
  pipelineId,
  triggerKey,
  path,
  version,
  present: version !== "gone",
  size: 3,
  modifiedAt: "2026-01-01T00:00:00.000Z",
  seenAt: "2026-01-01T00:00:01.000Z",
});

async function activated(database: Database): Promise<string[]> {
  const rows = await database.query<{ line: string }>({
    name: "",
    text: "select trigger_context ->> 'event' || ' ' || (inputs ->> 'path') as line from activations order by activation_id",
  });
  return rows.map((row) => row.line);
}

test.each([
  [undefined, { version: "1", present: true }, "created"],
  [{ version: "1", present: true }, { version: "1", present: true }, undefined],
  [{ version: "1", present: true }, { version: "2", present: true }, "modified"],
  [{ version: "1", present: true }, { version: "", present: false }, "deleted"],
  [{ version: "", present: false }, { version: "1", present: true }, "created"],
  [undefined, { version: "", present: false }, undefined],
  [{ version: "", present: false }, { version: "", present: false }, undefined],
])("from %o to %o a file is %s", (before, now, event) => {
  expect(fileEventOf(before, now)).toBe(event);
});

test("a version of a file activates once, however often and in whatever batch it is reported", async () => {
  await using store = await createTestDatabase();
  const trigger = fileTrigger("Created", "in/*.csv");
  const id = await register(store.database, { name: "Import", inputs, triggers: [trigger] });
  await using here = await startTriggers(store.database);
  await using there = await startTriggers(store.database);
  const report = seen(id, trigger.key, "/d/in/a.csv", "v1");
  // Two controllers hear of it at once, before any ledger knows it.
  const told = [here, there, here, there].map(({ files }) => files.accept("h1", [report, report]));
  await Promise.all(told);
  await here.files.accept("h1", [report, report]);
  await here.files.accept("h1", [seen(id, trigger.key, "/d/in/a.csv", "v2")]);
  expect(await activated(store.database)).toEqual(["created /d/in/a.csv"]);
});

test("a file that goes and comes back is created again, and the same path on another host is another file", async () => {
  await using store = await createTestDatabase();
  const trigger = fileTrigger("Created", "in/*.csv");
  const id = await register(store.database, { name: "Import", inputs, triggers: [trigger] });
  await using here = await startTriggers(store.database);
  for (const version of ["v1", "gone", "v1"]) await here.files.accept("h1", [seen(id, trigger.key, "/a", version)]);
  await here.files.accept("h2", [seen(id, trigger.key, "/a", "v1")]);
  expect(await activated(store.database)).toEqual(["created /a", "created /a", "created /a"]);
  const hosts = await store.database.query({ name: "", text: "select distinct host from executions order by host" });
  expect(hosts).toEqual([{ host: "h1" }, { host: "h2" }]);
});

test("a trigger on changes fires at each of the three, one on modification not at the first sight", async () => {
  await using store = await createTestDatabase();
  const changed = fileTrigger("Changed", "in/*");
  const modified = fileTrigger("Modified", "in/*");
  const all = await register(store.database, { name: "All", inputs, triggers: [changed] });
  const some = await register(store.database, { name: "Some", inputs, triggers: [modified] });
  await using here = await startTriggers(store.database);
  for (const version of ["v1", "v2", "gone"]) {
    await here.files.accept("h", [seen(all, changed.key, "/all", version), seen(some, modified.key, "/some", version)]);
  }
  expect(await activated(store.database)).toEqual(["created /all", "modified /all", "modified /some", "deleted /all"]);
});

test("changes below a folder that are seen together are told together, each once", async () => {
  await using store = await createTestDatabase();
  const trigger = { ...fileTrigger("Created", "in/"), name: "T.System.Directory.Changed", bindings: [] };
  const id = await register(store.database, { name: "Folder", triggers: [trigger] });
  await using here = await startTriggers(store.database);
  expect(here.files.watches().map(({ pattern }) => pattern)).toEqual(["in/**"]);
  const reports = ["/in/a", "/in/b"].map((path) => seen(id, trigger.key, path, "v1"));
  await here.files.accept("h", reports);
  await here.files.accept("h", [...reports, seen(id, trigger.key, "/in/a", "gone")]);
  const rows = await store.database.query<{ context: Record<string, unknown> }>({
    name: "",
    text: "select trigger_context as context from activations order by activation_id",
  });
  const change = (event: string, path: string) => ({ file_path: path, event, size: 3 });
  expect(rows.map(({ context }) => context["changes"])).toEqual([
    [change("created", "/in/a"), change("created", "/in/b")],
    [change("deleted", "/in/a")],
  ]);
  expect(rows[0]?.context["dir_path"]).toBe("in");
});

test("what a trigger that is gone reports is accepted and forgotten", async () => {
  await using store = await createTestDatabase();
  await using here = await startTriggers(store.database);
  await here.files.accept("h", [seen("io.test>Triggers#Gone", "x", "/a", "v1")]);
  expect(await activated(store.database)).toEqual([]);
});
