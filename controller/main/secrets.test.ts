/** What people may do with secrets over the API, and what it never answers. */
import { renameSync } from "node:fs";
import { join } from "node:path";
import { Code, ConnectError } from "@connectrpc/connect";
import { AgentService, ApiErrorSchema, PolyglotService } from "@polyglot/contracts/service";
import { expect, test } from "vitest";
import { type Role, roles } from "../api/authorise.ts";
import { MasterKey } from "../secrets/master-key.ts";
import { ControllerFixture } from "./controller.fixture.ts";

const value = Buffer.from("correct horse battery staple");

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "allowed";
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return `${Code[error.code]} ${error.findDetails(ApiErrorSchema)[0]?.code}`;
  }
}

test("secret-admin and admin set and delete values, others see names at most", async () => {
  await using here = await ControllerFixture.start();
  const answers: Partial<Record<Role | "nobody", readonly string[]>> = {};
  for (const role of [...roles, "nobody"] as const) {
    const client = here.client(PolyglotService, role === "nobody" ? {} : { token: await here.token(role) });
    answers[role] = [
      await codeOf(client.setSecret({ name: role, value })),
      await codeOf(client.listSecrets({})),
      await codeOf(client.deleteSecret({ name: role })),
    ];
  }
  const forbidden = "PermissionDenied auth/forbidden";
  const missing = "Unauthenticated auth/missing";
  expect(answers).toEqual({
    viewer: [forbidden, "allowed", forbidden],
    operator: [forbidden, "allowed", forbidden],
    "secret-admin": ["allowed", "allowed", "allowed"],
    admin: ["allowed", "allowed", "allowed"],
    nobody: [missing, missing, missing],
  });
  // Only an agent's certificate opens the method that answers values.
  const admin = here.client(AgentService, { token: here.localToken });
  expect(await codeOf(admin.getSecret({ name: "admin" }))).toBe("Unauthenticated auth/missing");
});

test("a value goes in, and what comes out says whose it is and whether steps get it", async () => {
  await using here = await ControllerFixture.start();
  const client = here.client(PolyglotService, { token: await here.token("secret-admin", 3600, "ann") }, "json");
  const set = await client.setSecret({ name: "login", value });
  expect(set).toMatchObject({ name: "login", source: "", version: 1, setBy: "ann" });
  expect(set.problem).toBe("no Secret 'login' is declared");
  const yaml = "apiVersion: polyglot.dev/v1\nkind: Secret\nmetadata: { name: login }\nspec: { store: true }\n";
  const admin = here.client(PolyglotService, { token: here.localToken });
  const applied = await admin.apply({ files: [{ path: "s.yaml", content: Buffer.from(yaml) }] });
  expect(applied.objects).toMatchObject([{ kind: "Secret", name: "login", change: "created" }]);
  const [listed] = (await client.listSecrets({})).secrets;
  expect(listed).toMatchObject({ name: "login", source: "store", namespaces: [], problem: "", version: 1 });
  expect(JSON.stringify([set, listed], (_, part: unknown) => (typeof part === "bigint" ? "" : part))).not.toMatch(
    /horse|Y29ycmVjd/,
  );
  const wrong = { name: "a b", value };
  expect(await codeOf(client.setSecret(wrong))).toBe("InvalidArgument request/invalid");
  expect(await codeOf(client.setSecret({ name: "login", value: Buffer.from("abc") }))).toBe(
    "InvalidArgument request/invalid",
  );
  expect(await codeOf(client.deleteSecret({ name: "lgoin" }))).toBe("NotFound secret/unknown");
});

test("a value under another master key is said in the list", async () => {
  await using here = await ControllerFixture.start();
  const admin = here.client(PolyglotService, { token: here.localToken });
  const yaml = "apiVersion: polyglot.dev/v1\nkind: Secret\nmetadata: { name: login }\nspec: { store: true }\n";
  await admin.apply({ files: [{ path: "s.yaml", content: Buffer.from(yaml) }] });
  const file = join(here.folder, "data", "secrets.key");
  const own = MasterKey.open(file);
  renameSync(file, `${file}.before`);
  const other = MasterKey.open(file).seal("login", value.toString());
  await admin.setSecret({ name: "login", value });
  const { masterKeyId, wrappedKey, sealed } = other;
  await here.store.database.query(
    { name: "", text: "update secret_values set master_key_id = $1, wrapped_key = $2, sealed = $3" },
    [masterKeyId, wrappedKey, sealed],
  );
  const [listed] = (await admin.listSecrets({})).secrets;
  expect(listed?.problem).toContain(`sealed under the master key ${masterKeyId}, and this one is ${own.id}`);
});
