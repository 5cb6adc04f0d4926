import { existsSync, watch } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { processesWith } from "../../limits/process-table.ts";
import { ContainedBed } from "./contained.fixture.ts";
import { processes } from "./processes.ts";

const bed = new ContainedBed(processes, { limits: { maxOutputBytes: 10 } });
afterAll(() => bed.stop());

const shell = "U.System.Execute.Shell";

test("output of the limit's size is a result, and one byte more of either stream is an error", async () => {
  expect(await bed.call(shell, { line: "printf 0123456789; printf 0123456789 >&2" })).toEqual([
    "0123456789",
    "0123456789",
    0,
  ]);
  expect(await bed.call(shell, { line: "printf 0123456789a" })).toEqual({
    type: "pg\\!ResourceError",
    message: "'/bin/sh' wrote more than 10 bytes as its output and was ended; let it write to a file",
  });
  expect(await bed.call(shell, { line: "printf 0123456789a >&2" })).toMatchObject({ type: "pg\\!ResourceError" });
});

test("bytes that are no text are replaced", async () => {
  expect(await bed.first(shell, { line: "printf 'a\\377b'" })).toBe("a\uFFFDb");
});

test("an abort settles when nothing of the command is left, also of what has left its group", async () => {
  const abort = new AbortController();
  const begun = new Promise<void>((resolve) => {
    const watcher = watch(bed.settings.dataRoot, () => {
      if (!existsSync(join(bed.settings.dataRoot, "begun"))) return;
      watcher.close();
      resolve();
    });
  });
  const line = "setsid sh -c 'trap \"\" TERM; touch begun; sleep 623; sleep 623' & sleep 623";
  const end = bed
    .end(shell, { line, env: { TESTED: "623" } }, abort.signal)
    .catch((error: unknown) => (error as Error).name);
  await begun;
  abort.abort();
  expect(await end).toBe("AbortError");
  expect(await processesWith("TESTED=623")).toEqual([]);
});

const refusals: readonly (readonly [string, Record<string, string | object>, string])[] = [
  ["a timeout of months", { timeout: { $duration: { months: 1, seconds: 0 } } }, "ValidationError"],
  ["a timeout of nothing", { timeout: { $duration: { months: 0, seconds: 0 } } }, "ValidationError"],
  ["a variable with an impossible name", { env: { "a=b": "c" } }, "ValidationError"],
  ["a variable that is no text", { env: { a: 1 } }, "ConversionError"],
  ["a zero byte in a line", { line: "a\0b" }, "ValidationError"],
  ["a folder that is a file", { cwd: "/etc/passwd" }, "FileError"],
];

test.each(refusals)("%s is refused", async (_title, given, type) => {
  const end = await bed.call(shell, { line: "true", ...given });
  expect(end).toMatchObject({ type: `pg\\!${type}` });
});
