/** People at the command line: what waits for them, what they decide, and what begins anew. */
import { expect, test } from "vitest";
import { createFolder, polyglotCommand } from "./session.fixture.ts";
import { RunningUp } from "./up.fixture.ts";

const files = {
  "refund.pg": `\
[@] io.example>Orders
[X]

[|] Refund
[i] amount: pg\\int
[t] |T.Call
[Q] |Q.Retry.MaxAttempts << 1
[r] |U.Approve << "refund {amount} EUR?" >> by
[?] amount ?> 13
[~][r] |U.Error.Raise << "no such amount"
[o] >> by
[x]
`,
};

test("a person sees what waits, decides once, and starts anew what has ended", async () => {
  const folder = createFolder(files);
  await RunningUp.start(folder);
  const polyglot = (...words: string[]) => polyglotCommand(folder, words);
  const start = async (amount: number): Promise<string> =>
    (await polyglot("run", "Refund", "--input", `amount=${amount}`)).stdout.trim();
  const asked = async (id: string): Promise<string> => {
    for (;;) {
      const { stdout } = await polyglot("get", "executions", id);
      if (stdout.includes("waiting for approval")) return stdout;
    }
  };

  const id = await start(20);
  const shown = await asked(id);
  expect(shown).toContain("  waiting for approval: refund 20 EUR?  ");
  expect(shown).toContain("\nwaiting for approval at run.0: refund 20 EUR?\n");
  expect((await polyglot("get", "executions")).stdout).toContain("  waiting for approval: refund 20 EUR?  ");
  expect((await polyglot("trace", id)).stdout).toContain("attempt 2 of 2: waiting for approval: refund 20 EUR? for ");
  expect(await polyglot("retry", id)).toMatchObject({ code: 1, stdout: "" });
  expect(await polyglot("approve", id, "--message", "fine")).toMatchObject({ code: 0, stdout: "approved by local\n" });
  expect(await polyglot("approve", id)).toMatchObject({ code: 1, stdout: "" });

  const replay = await polyglot("replay", id, "--wait");
  expect(replay.stdout).toContain(`replay of: ${id}\n`);
  expect(replay.stdout).toContain('outputs: {"by": "local"}');

  const failing = await start(13);
  await asked(failing);
  await polyglot("approve", failing);
  const first = await polyglot("retry", failing, "--wait");
  expect(first).toMatchObject({ code: 1 });
  expect(first.stdout).toContain(`retry of: ${failing}\n`);
  const second = await polyglot("retry", failing);
  expect(first.stdout).toContain(second.stdout.trim());

  const refused = await start(1);
  await asked(refused);
  const { stdout } = await polyglot("approve", refused, "--reject", "--message", "no receipt");
  expect(stdout).toBe("rejected by local\n");
});
