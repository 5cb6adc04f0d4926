import { randomBytes, randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { MasterKey } from "./master-key.ts";
import { RunningAttempts } from "../store/attempt.fixture.ts";
import type { Queryable } from "../store/database.ts";
import { writeObjects } from "../store/objects.ts";
import { deleteSecret, getConnection, getSecret, readSecrets, writeSecret } from "../store/secrets.ts";

const masterKey = new MasterKey(randomBytes(32));
const value = "correct horse battery staple";

async function write(database: Queryable, name = "s"): Promise<number> {
  return writeSecret(database, { name, ...masterKey.seal(name, value), setBy: "ann", setAt: new Date(0) });
}

async function declare(database: Queryable, name: string, spec: object, kind = "Secret"): Promise<void> {
  const object = { kind, namespace: "", name, spec, specDigest: "d", file: "s.yaml", inForce: true };
  await writeObjects(database, [object], { repository: "r", revision: "1" }, new Date(0));
}

test("an attempt under way gets what declares a secret and its sealed value; any other gets nothing", async () => {
  await using here = await RunningAttempts.create();
  const attempt = await here.start();
  await declare(here.database, "s", { store: true });
  await write(here.database);
  const found = await getSecret(here.database, attempt, "s");
  if (found === "stale" || found.value === undefined) throw new Error("the secret was not found");
  expect(found.spec).toEqual({ store: true });
  expect(masterKey.open("s", found.value)).toBe(value);
  expect(await getSecret(here.database, attempt, "none")).toEqual({ spec: undefined, value: undefined });
  expect(await getSecret(here.database, { ...attempt, attemptNo: 2 }, "s")).toBe("stale");
  expect(await getSecret(here.database, { ...attempt, sessionId: randomUUID() }, "s")).toBe("stale");
  expect(await getSecret(here.database, { ...attempt, executionId: randomUUID() }, "s")).toBe("stale");
  await here.settle(attempt, "succeeded");
  expect(await getSecret(here.database, attempt, "s")).toBe("stale");
});

test("an attempt under way gets a connection with the secret that it names; any other gets nothing", async () => {
  await using here = await RunningAttempts.create();
  const attempt = await here.start();
  await declare(here.database, "s", { store: true });
  await write(here.database);
  await declare(here.database, "named", { url: "redis://a", credentialsFrom: "s" }, "Connection");
  await declare(here.database, "alone", { url: "redis://b" }, "Connection");
  const found = await getConnection(here.database, attempt, "named");
  if (found === "stale" || found.secret.value === undefined) throw new Error("the secret was not found");
  expect(found).toMatchObject({ spec: { credentialsFrom: "s" }, secret: { spec: { store: true } } });
  expect(masterKey.open("s", found.secret.value)).toBe(value);
  const none = { spec: undefined, value: undefined };
  expect(await getConnection(here.database, attempt, "alone")).toEqual({ spec: { url: "redis://b" }, secret: none });
  expect(await getConnection(here.database, attempt, "s")).toEqual({ spec: undefined, secret: none });
  expect(await getConnection(here.database, { ...attempt, attemptNo: 2 }, "named")).toBe("stale");
  expect(await getConnection(here.database, { ...attempt, sessionId: randomUUID() }, "named")).toBe("stale");
  await here.settle(attempt, "succeeded");
  expect(await getConnection(here.database, attempt, "named")).toBe("stale");
});

test("secrets are listed whether they are declared, have a value, or both", async () => {
  await using here = await RunningAttempts.create();
  await declare(here.database, "both", { store: true });
  await declare(here.database, "declared", { env: "X" });
  expect([await write(here.database, "both"), await write(here.database, "both")]).toEqual([1, 2]);
  await write(here.database, "set");
  expect(await readSecrets(here.database)).toMatchObject([
    { name: "both", spec: { store: true }, repository: "r", version: 2, setBy: "ann" },
    { name: "declared", spec: { env: "X" }, version: null, value: undefined },
    { name: "set", spec: undefined, repository: null, version: 1 },
  ]);
  expect(await readSecrets(here.database, "set")).toHaveLength(1);
  expect([await deleteSecret(here.database, "set"), await deleteSecret(here.database, "set")]).toEqual([true, false]);
});

test("no row of the store tells the value", async () => {
  await using here = await RunningAttempts.create();
  await write(here.database);
  const rows = await here.database.query<{ text: string }>({
    name: "",
    text: "select secret_values::text as text from secret_values",
  });
  const told = rows.map(({ text }) => text).join("\n");
  expect(told).toContain("(s,");
  expect(told).not.toContain(value);
  expect(told).not.toContain(Buffer.from(value).toString("hex"));
});
