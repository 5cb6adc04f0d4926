import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { problems } from "./catalogue.ts";
import { explanations } from "./explain.ts";

const codes = Object.values(problems).map((problem) => problem.code);

test("each code stands for one finding", () => {
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  expect(codes.every((code) => /^PG\d{4}$/.test(code))).toBe(true);
});

/** Findings that a program of a few lines cannot show; the test that shows each is named. */
const shownElsewhere: Readonly<Record<string, string>> = {
  PG1000: "findings.test.ts",
  PG1001: "source-file.test.ts",
  PG1016: "limits.test.ts",
  PG3016: "limits.test.ts",
  PG3017: "limits.test.ts",
  PG7001: "parse-objects.test.ts",
  PG7002: "parse-objects.test.ts",
  PG7003: "parse-objects.test.ts",
  PG7004: "parse-objects.test.ts",
  PG7005: "parse-objects.test.ts",
  PG7006: "parse-objects.test.ts",
};

test("each finding is shown by a program", () => {
  const folder = new URL("../conformance/cases/", import.meta.url);
  const texts = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), "utf8"));
  const shown = new Set(texts.join("\n").match(/PG\d{4}/g));
  expect(codes.filter((code) => !shown.has(code) && shownElsewhere[code] === undefined)).toEqual([]);
});

test("each code explains itself", () => {
  expect(explanations.map((item) => item.code)).toEqual(codes.toSorted());
  expect(explanations.every((item) => item.message !== "" && !item.message.includes("undefined"))).toBe(true);
});
