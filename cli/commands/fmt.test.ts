import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFolder, session } from "./session.fixture.ts";

const untidy = `\
[Import]   io.example>Hello \\\\ greets
[Exit]


[Pipeline] Greet
[input] who:pg\\string
[T]  |T.Call
\\* The greeting
   itself. *\\
[r]|U.Log.Info<<"hello {who}"
[x]
`;

const tidy = `\
[@] io.example>Hello  \\\\ greets
[X]

[|] Greet
[i] who: pg\\string
[t] |T.Call
\\* The greeting
   itself. *\\
[r] |U.Log.Info << "hello {who}"
[x]
`;

test("files are written in canonical form, comments stay, and a second time changes nothing", async () => {
  const folder = createFolder({ "etl/untidy.pg": untidy, "etl/tidy.pg": tidy, "etl/data.csv": "a ,b\n" });
  expect(await session(folder, "fmt etl", "fmt etl", "fmt")).toBe(`\
$ polyglot fmt etl
etl/untidy.pg
! 1 of 2 files written
$ polyglot fmt etl
! 2 files in canonical form
$ polyglot fmt
! 2 files in canonical form`);
  expect(readFileSync(join(folder, "etl/untidy.pg"), "utf8")).toBe(tidy);
});

test("--check names the files, writes nothing and ends with 1", async () => {
  const folder = createFolder({ "untidy.pg": untidy, "tidy.pg": tidy });
  expect(await session(folder, "fmt --check untidy.pg tidy.pg")).toBe(`\
$ polyglot fmt --check untidy.pg tidy.pg
untidy.pg
! 1 of 2 files not in canonical form; mend with polyglot fmt
(1)`);
  expect(readFileSync(join(folder, "untidy.pg"), "utf8")).toBe(untidy);
});

test("a line that cannot be read stays as it is", async () => {
  const broken = `${tidy}[r]  |U.Log << "open\n`;
  const folder = createFolder({ "broken.pg": broken });
  expect(await session(folder, "fmt --check .")).toBe("$ polyglot fmt --check .\n! 1 file in canonical form");
});

test("a path that is not there is wrong usage", async () => {
  expect(await session(createFolder(), "fmt nowhere")).toBe(`\
$ polyglot fmt nowhere
! there is no file or folder nowhere
(2)`);
});
