import { afterEach, expect, test } from "vitest";
import { CompilePool } from "./compile-pool.ts";

const pool = new CompilePool();
const { signal } = new AbortController();
afterEach(() => pool.stop());

const files = (name: string) =>
  new Map([["a.pg", Buffer.from(`[@] test>${name}\n[X]\n\n[|] ${name}\n[t] |T.Cli\n[o] >> one: pg\\int << 1\n[x]\n`)]]);

test("more inputs than threads are all compiled, each with its own answer", async () => {
  const names = ["A", "B", "C", "D", "E"];
  const answers = await Promise.all(names.map((name) => pool.compile(files(name), signal)));
  const ids = answers.flatMap((answer) => (answer.kind === "compiled" ? answer.result.pipelines : []));
  expect(ids.map((pipeline) => pipeline.id)).toEqual(names.map((name) => `test>${name}#${name}`));
});

test("what is given up frees its thread for the next one", async () => {
  const stop = new AbortController();
  const given = Array.from({ length: 3 }, () => pool.compile(files("A"), stop.signal));
  stop.abort(new Error("given up"));
  const ends = await Promise.allSettled(given);
  expect(ends.map((end) => end.status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(await pool.compile(files("B"), signal)).toMatchObject({ kind: "compiled" });
});
