import { expect, test } from "vitest";
import { GroupCommit } from "./group-commit.ts";

test("items that arrive during a commit go together in the next one, answered in order", async () => {
  const groups: number[][] = [];
  const gates: (() => void)[] = [];
  const commits = new GroupCommit<number, number>(
    async (items) => {
      groups.push(items);
      await new Promise<void>((resolve) => gates.push(resolve));
      return items.map((item) => item * 10);
    },
    { maxItems: 100, maxConcurrent: 1 },
  );
  const first = commits.add(1);
  while (gates.length < 1) await new Promise(setImmediate);
  const rest = [commits.add(2), commits.add(3)];
  gates[0]?.();
  expect(await first).toBe(10);
  while (gates.length < 2) await new Promise(setImmediate);
  gates[1]?.();
  expect(await Promise.all(rest)).toEqual([20, 30]);
  expect(groups).toEqual([[1], [2, 3]]);
});

test("a group never exceeds its limit", async () => {
  const sizes: number[] = [];
  const commits = new GroupCommit<number, number>(
    async (items) => {
      sizes.push(items.length);
      return items;
    },
    { maxItems: 4, maxConcurrent: 1 },
  );
  await Promise.all(Array.from({ length: 10 }, (_, index) => commits.add(index)));
  expect(sizes).toEqual([4, 4, 2]);
});

test("a failed commit rejects its own items only", async () => {
  const commits = new GroupCommit<string, string>(
    async (items) => {
      if (items.includes("bad")) throw new Error("constraint");
      return items;
    },
    { maxItems: 1, maxConcurrent: 1 },
  );
  const bad = commits.add("bad").catch((error: Error) => error.message);
  const good = commits.add("good");
  expect(await bad).toBe("constraint");
  expect(await good).toBe("good");
});

test("drain resolves when everything is answered", async () => {
  let answered = 0;
  const commits = new GroupCommit<number, number>(async (items) => items, { maxItems: 2, maxConcurrent: 1 });
  for (let item = 0; item < 5; item += 1) void commits.add(item).then(() => (answered += 1));
  await commits.drain();
  await Promise.resolve();
  expect(answered).toBe(5);
});
