import { expect, test } from "vitest";
import { createFolder, polyglotCommand, session } from "./session.fixture.ts";
import { RunningUp } from "./up.fixture.ts";

const files = {
  "login.pg": `\
[@] io.example>Login
[X]

[|] Measure
[t] |T.Call
[r] |U.Secret.Get << "login" >> value: pg\\string
[r] |U.String.Length << value >> length: pg\\int
[o] >> length
[x]
`,
  "login.yaml": "apiVersion: polyglot.dev/v1\nkind: Secret\nmetadata: { name: login }\nspec: { store: true }\n",
  "value.txt": "correct horse\n",
};

test("a secret is set from a file, listed without its value, used, and deleted", async () => {
  const folder = createFolder(files);
  await RunningUp.start(folder);
  expect(
    await session(folder, "secret set login --from-file value.txt", "secret set lgoin --from-file value.txt"),
  ).toBe(
    `\
$ polyglot secret set login --from-file value.txt
login has version 1
$ polyglot secret set lgoin --from-file value.txt
lgoin has version 1
! steps do not get it yet: no Secret 'lgoin' is declared`,
  );
  const run = await polyglotCommand(folder, ["run", "Measure", "--wait", "-o", "json"]);
  expect(JSON.parse(run.stdout)).toMatchObject({ state: "succeeded", outputs: { length: 13 } });
  expect(await polyglotCommand(folder, ["secret", "delete", "lgoin"])).toMatchObject({ code: 0 });
  const { stdout } = await polyglotCommand(folder, ["secret", "list", "-o", "json"]);
  const listed = { name: "login", source: "store", problem: "", version: 1, set_by: "local" };
  expect(JSON.parse(stdout)).toMatchObject([listed]);
  expect(stdout).not.toContain("horse");
});

test("a value whose file is not there is not sent", async () => {
  expect(await session(createFolder(), "secret set login --from-file absent.txt")).toBe(`\
$ polyglot secret set login --from-file absent.txt
! 'absent.txt' cannot be read: ENOENT
(2)`);
});
