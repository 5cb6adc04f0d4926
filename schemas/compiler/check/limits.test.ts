import { digestOfPlan } from "@polyglot/contracts";
import { expect, test } from "vitest";
import { createCompiler } from "../index.ts";
import { maxCallees } from "./callees.ts";

const compiler = await createCompiler();

function compile(text: string) {
  return compiler.compile({ files: new Map([["main.pg", new TextEncoder().encode(`[@] test>Space\n[X]\n${text}`)]]) });
}

const codes = (text: string): string[] => compile(text).diagnostics.map((found) => found.code);

function chain(length: number): string {
  const names = Array.from({ length }, (_, index) => index);
  return names.map((index) => `[|] P${index}\n[t] |T.Call\n${index > 0 ? `[r] |P${index - 1}\n` : ""}[x]\n`).join("");
}

test("a pipeline calls a limited number of others", () => {
  expect(codes(chain(maxCallees + 1))).toEqual([]);
  expect(codes(chain(maxCallees + 2))).toEqual(["PG3016"]);
});

test("the digest is that of the plan with its callees", () => {
  for (const { plan, digest } of compile(chain(4)).pipelines) expect(digest).toBe(digestOfPlan(plan));
});

test("a pipeline applies a limited number of wrappers", () => {
  const text = (count: number): string => `[m] M\n[v]\n[x]\n[|] Main\n[t] |T.Cli\n${"[w] |M\n".repeat(count)}[x]\n`;
  expect(codes(text(32))).toEqual([]);
  expect(codes(text(33))).toEqual(["PG3017"]);
});

test("values and lines nest 100 deep", () => {
  const value = (depth: number): string =>
    `[|] Main\n[t] |T.Cli\n[r] x << ${"[".repeat(depth)}${"]".repeat(depth)}\n[o] >> x\n[x]\n`;
  expect(codes(value(101))).toEqual([]);
  expect(codes(value(102))).toEqual(["PG1016"]);
  const lines = Array.from({ length: 102 }, (_, depth) => `${"[~]".repeat(depth)}[?] a ?> 1\n`).join("");
  expect(codes(`[|] Main\n[i] a: pg\\int\n[t] |T.Cli\n${lines}[x]\n`)).toEqual(["PG1016"]);
});
