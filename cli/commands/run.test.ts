import { expect, test } from "vitest";
import { createFolder, polyglotCommand, session } from "./session.fixture.ts";
import { keys, OnTerminal } from "./terminal.fixture.ts";
import { RunningUp } from "./up.fixture.ts";

const pipeline = (name: string, inputs: string): string => `
[|] ${name}
${inputs}
[t] |T.Call
[r] |U.String.Trim << "{text} {times} {loud}" >> line
[o] >> line
[x]
`;

const files = {
  "text.pg": `\
[@] io.example>Text
[X]
${pipeline("Shout", `[i] text: pg\\string\n[i] Default times: pg\\int << 3\n[i] Default loud: pg\\bool << True`)}
${pipeline("Whisper", `[i] text: pg\\string\n[i] times: pg\\int\n[i] Default loud: pg\\bool << False`)}
`,
};

test("a person chooses a pipeline, is told what does not fit, and runs it", async () => {
  const folder = createFolder(files);
  await RunningUp.start(folder);

  const chosen = new OnTerminal(folder, ["run", "--wait"]);
  await chosen.shows("io.example>Text#Whisper");
  chosen.type("u");
  await chosen.shows("Shout\r\n\r\ntakes text (pg\\string), times (pg\\int, else 3)");
  chosen.type(keys.enter);
  await chosen.shows("? text (pg\\string)");
  chosen.type(keys.enter);
  await chosen.shows("text has no default; an empty text is sent with --input text=");
  chosen.type("it's", keys.enter);
  await chosen.shows("? times (pg\\int, else 3)");
  chosen.type("many", keys.enter);
  await chosen.shows(`input 'times' takes pg\\int, got string "many"`);
  chosen.type("\u0015", "5", keys.enter);
  await chosen.shows("? loud (pg\\bool, else true)");
  chosen.type(keys.down, keys.down, keys.enter);
  await chosen.shows(
    `the same without questions: polyglot run 'io.example>Text#Shout' --input 'text=it'\\''s' --input times=5 --input loud=false`,
  );
  const run = await chosen.end();
  expect(run.shown).toContain(`outputs: {"line": "it's 5 False"}`);
  expect(run.code).toBe(0);

  const named = new OnTerminal(folder, ["run", "Whisper", "--input", "text=a", "--wait"]);
  await named.shows("? times (pg\\int)");
  named.type("1", keys.enter);
  await named.shows("the same without questions: ");
  expect((await named.end()).shown).toContain(`outputs: {"line": "a 1 False"}`);

  const left = new OnTerminal(folder, ["run", "Whisper"]);
  await left.shows("? text (pg\\string)");
  left.type(keys.interrupt);
  await left.shows("nothing was started");
  expect((await left.end()).code).toBe(1);

  const wrong = new OnTerminal(folder, ["run", "Whisper", "--input", "times=many"]);
  await wrong.shows(`input 'times' takes pg\\int, got string "many"`);
  expect((await wrong.end()).code).toBe(2);
  const unasked = new OnTerminal(folder, ["run", "Whisper", "--input", "text=a", "--no-ask"]);
  await unasked.shows("input 'times' (pg\\int) has no value and no default");
  expect((await unasked.end()).code).toBe(2);

  expect(await session(folder, "run", "run Whisper --input text=a")).toBe(`\
$ polyglot run
! PIPELINE is missing, and there is no terminal to ask on: it is one of io.example>Text#Shout, io.example>Text#Whisper
(2)
$ polyglot run Whisper --input text=a
! input 'times' (pg\\int) has no value and no default
(2)`);
  const executions = await polyglotCommand(folder, ["get", "executions", "-o", "name"]);
  expect(executions.stdout.trim().split("\n")).toHaveLength(2);
});
