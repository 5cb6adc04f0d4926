import { expect, test } from "vitest";
import { createFolder, polyglotCommand, session } from "./session.fixture.ts";

test("a name of the library is explained by what it takes, gives and does, with or without its bar", async () => {
  expect(await session(createFolder(), "explain |T.FileCreated", "explain U.Log")).toBe(`\
$ polyglot explain |T.FileCreated
|T.System.File.Created: an event trigger, for [t]

  |T.System.File.Created
    << path: pg\\string
    >> file_path: pg\\string
    >> event: pg\\string
    >> size: pg\\int
    >> modified_at: pg\\datetime
    >> timestamp: pg\\datetime

  A file that the path or glob matches was created, and its size has settled.

  also: |T.FileCreated

  since 0.1.0
$ polyglot explain U.Log
|U.Log: a step, for [r], [f], [b], [\\], [/] and [?]

  |U.Log << message: pg\\any
  |U.Log << level: pg\\Enum << message: pg\\any

  Writes a line into the execution's log, at a member of #LogLevel or at Info.

  since 0.1.0`);
});

test("an enumeration is explained by its members", async () => {
  expect(await session(createFolder(), "explain #KillStrategy")).toBe(`\
$ polyglot explain #KillStrategy
#KillStrategy: an enumeration of the standard library

  #KillStrategy.Graceful
  #KillStrategy.Immediate
  #KillStrategy.CustomHandler
  #KillStrategy.Degrade`);
});

test("a code is explained by what it means, a wrong program with what is printed of it, and a right one", async () => {
  expect(await session(createFolder(), "explain pg5007", "explain execution/unknown")).toBe(`\
$ polyglot explain pg5007
PG5007: an error of the compiler

  A |T.Any without triggers

  \`|T.Any\` is satisfied when one of the \`[t]\` lines under it is, and there is none.

Wrong:

  [@] shop>Orders
  [X]

  [|] Import
  [t] |T.Any
      ^^^^^^ PG5007
  [r] |U.Log.Info << "imported"
  [x]

It prints:

  orders.pg:5:5: error PG5007: |T.Any has no triggers under it
      put [~][t] lines under it

Right:

  [@] shop>Orders
  [X]

  [|] Import
  [t] |T.Any
  [~][t] |T.FileCreated << "north/*.csv"
  [~][t] |T.FileCreated << "south/*.csv"
  [r] |U.Log.Info << "imported"
  [x]
$ polyglot explain execution/unknown
execution/unknown: an answer of the API and the commands

  No execution has that id.`);
});

test("a YAML kind is explained by the fields of its schema", async () => {
  const { stdout, code } = await polyglotCommand(createFolder(), ["explain", "GitRepository"]);
  expect(code).toBe(0);
  expect(stdout.split("\n")).toEqual(
    expect.arrayContaining([
      "GitRepository: a kind of YAML file",
      '  apiVersion ("polyglot.dev/v1", required)',
      "    labels (map of string): What selectors look at",
      "  spec (object, required)",
      "    url (string, required): https, ssh or, where the controller's flag allows it, file",
      '    path (string, default "."): Folder of the repository that is reconciled',
    ]),
  );
});

test("a kind says since when it is acted on", async () => {
  const lastLine = async (kind: string) =>
    (await polyglotCommand(createFolder(), ["explain", kind])).stdout.trimEnd().split("\n").at(-1);
  expect(await lastLine("GitRepository")).toBe("  since 0.1.0");
});

test("a wrong word is answered with the nearest right one, code 2", async () => {
  expect(await session(createFolder(), "explain T.FileCreate", "explain GitRepositry", "explain xyzzyxyzzy")).toBe(`\
$ polyglot explain T.FileCreate
! nothing is called 'T.FileCreate': give a name of the library, a code or a kind; did you mean 'T.FileCreated'?
(2)
$ polyglot explain GitRepositry
! nothing is called 'GitRepositry': give a name of the library, a code or a kind; did you mean 'GitRepository'?
(2)
$ polyglot explain xyzzyxyzzy
! nothing is called 'xyzzyxyzzy': give a name of the library, a code or a kind
(2)`);
});
