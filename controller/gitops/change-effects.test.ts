import { createCompiler } from "@polyglot/compiler";
import { beforeAll, expect, test } from "vitest";
import { fileChanges, fireTimes } from "./change-effects.ts";

const compile = (lines: string) => {
  const source = `[@] io.example>Load\n[X]\n\n[|] Load\n${lines}\n[r] |U.Log << "x"\n[x]\n`;
  const { pipelines } = compiler.compile({ files: new Map([["a.pg", Buffer.from(source)]]) });
  return pipelines[0]?.plan;
};
let compiler: Awaited<ReturnType<typeof createCompiler>>;
beforeAll(async () => {
  compiler = await createCompiler();
});

const now = Date.UTC(2026, 2, 27, 12);

test("a schedule with another time fires no more at the old ones; one that stays is not told", () => {
  const before = compile('[t] |T.Daily << "07:30"\n');
  const after = compile('[t] |T.Daily << "08:15"\n');
  expect(fireTimes(before, after, now)).toEqual([
    {
      trigger: "T.Schedule.Daily",
      before: [28, 29, 30].map((day) => new Date(Date.UTC(2026, 2, day, 7, 30))),
      after: [],
    },
    {
      trigger: "T.Schedule.Daily",
      before: [],
      after: [28, 29, 30].map((day) => new Date(Date.UTC(2026, 2, day, 8, 15))),
    },
  ]);
  expect(fireTimes(before, before, now)).toEqual([]);
  expect(fireTimes(undefined, after, now)).toMatchObject([{ before: [] }]);
});

test("files are compared by their bytes", () => {
  const files = (given: Record<string, string>) =>
    new Map(Object.entries(given).map(([path, text]) => [path, Buffer.from(text)]));
  expect(
    fileChanges(files({ "a.py": "1", "b.py": "2", "c.py": "3" }), files({ "a.py": "1", "b.py": "x", "d.py": "4" })),
  ).toEqual([
    { path: "b.py", change: "changed" },
    { path: "c.py", change: "removed" },
    { path: "d.py", change: "created" },
  ]);
});
