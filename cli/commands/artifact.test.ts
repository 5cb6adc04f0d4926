import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFolder, polyglotCommand, session } from "./session.fixture.ts";
import { RunningUp } from "./up.fixture.ts";

const files = {
  "report.pg": `\
[@] io.example>Keep
[X]

[|] Report
[i] lines: pg\\list
[t] |T.Call
[r] |U.String.Join << lines << "\\n" >> text: pg\\string
[r] |U.Artifact.Put << "report.txt" << text
[r] |U.Call << "Note" << {"text": text} >> id: pg\\string
[o] >> id
[x]

[|] Note
[i] text: pg\\string
[t] |T.Api
[r] |U.Log.Info << text
[x]
`,
};

test("what an execution keeps is listed and written out, and the execution that it started is named", async () => {
  const folder = createFolder(files);
  await RunningUp.start(folder);
  const start = ["run", "Report", "--input", 'lines=["one","two"]', "--wait", "-o", "name"];
  const id = (await polyglotCommand(folder, start)).stdout.trim();

  const listed = await polyglotCommand(folder, ["get", "artifacts", id, "-o", "json"]);
  expect(JSON.parse(listed.stdout)).toMatchObject([{ name: "report.txt", size: 7, attempt_no: 1, execution_id: id }]);
  expect(await polyglotCommand(folder, ["artifact", id, "report.txt"])).toMatchObject({ code: 0, stdout: "one\ntwo" });
  expect(await polyglotCommand(folder, ["artifact", id, "report.txt", "--to", "copy.txt"])).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, "copy.txt"), "utf8")).toBe("one\ntwo");
  expect(await polyglotCommand(folder, ["artifact", id, "reprot.txt"])).toMatchObject({ code: 1, stdout: "" });

  const parent = await polyglotCommand(folder, ["get", "execution", id]);
  const child = /child: {3}(\S+)/.exec(parent.stdout)?.[1] ?? "";
  const { stdout } = await polyglotCommand(folder, ["get", "execution", child]);
  expect(stdout).toContain("io.example>Keep#Note");
  expect(stdout).toContain(`parent:  ${id}`);
});

test("artifacts are those of an execution", async () => {
  expect(await session(createFolder(), "get artifacts --url https://127.0.0.1:1 --token 0123456789abcdef")).toBe(`\
$ polyglot get artifacts --url https://127.0.0.1:1 --token 0123456789abcdef
! of which execution? polyglot get artifacts EXECUTION
(2)`);
});
