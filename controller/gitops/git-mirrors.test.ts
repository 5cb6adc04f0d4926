import { basename, dirname } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type GitHttpsServer, startGitHttpsServer } from "./https-server.fixture.ts";
import { conditions, source, World } from "./reconciler.fixture.ts";

let world: World;
let server: GitHttpsServer;

beforeEach(async () => {
  world = await World.create();
  server = await startGitHttpsServer(dirname(world.origin.folder), "someone:secret");
  world.secrets.set("git", "someone:secret");
});
afterEach(async () => {
  await server.stop();
  await world.dispose();
});

const url = () => `${server.url}/${basename(world.origin.folder)}/.git`;
const spec = (path: string) =>
  JSON.stringify({
    url: url(),
    path,
    credentialsFrom: "git",
    certificates: server.certificates,
    intervalSeconds: 3600,
  });

test("objects that follow folders of one repository fetch it once", async () => {
  world.origin.commit({ "a/a.pg": source("A"), "b/b.pg": source("B"), "c/c.pg": source("C") });
  const yaml = ["a", "b", "c"].map(
    (name) => `apiVersion: polyglot.dev/v1\nkind: GitRepository\nmetadata: { name: ${name} }\nspec: ${spec(name)}\n`,
  );
  await world.applyRepositories(yaml);
  for (const _ of yaml) expect(await world.nextRound()).toBe("applied");
  expect(await world.pipelines()).toEqual({ "test>A#A": 1, "test>B#B": 1, "test>C#C": 1 });
  expect(server.requests.fetches).toBe(1);
  world.origin.commit({ "b/b.pg": source("B", "2") });
  server.requests.listings = 0;
  await world.reconciler.ask("");
  for (const _ of yaml) expect(await world.nextRound()).toBe("applied");
  expect(await world.pipelines()).toEqual({ "test>A#A": 1, "test>B#B": 2, "test>C#C": 1 });
  expect(server.requests).toEqual({ fetches: 2, listings: 2 });
});

test("a repository whose secret is missing stalls, and goes on with the next look after it is set", async () => {
  world.origin.commit({ "a.pg": source("A") });
  world.secrets.clear();
  const fields = `, credentialsFrom: git, certificates: ${JSON.stringify(server.certificates)}`;
  expect(await world.declare(fields, url())).toBe("failed");
  const stalled = await world.repository();
  expect(conditions(stalled)).toMatchObject({ Stalled: "True CredentialsMissing" });
  world.secrets.set("git", "someone:wrong");
  expect(await world.reconcile()).toBe("failed");
  expect(conditions(await world.repository())).toMatchObject({ Stalled: "True AuthenticationFailed" });
  world.secrets.set("git", "someone:secret");
  expect(await world.reconcile()).toBe("applied");
  expect(JSON.stringify(await world.repository())).not.toContain("wrong");
});
