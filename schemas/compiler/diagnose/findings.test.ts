import { expect, test } from "vitest";
import { SourceFile } from "../source/source-file.ts";
import { problems } from "./catalogue.ts";
import { Findings, maxFindingsPerFile } from "./findings.ts";

test("findings are listed by place, and beyond the limit they are counted", () => {
  const source = new SourceFile("a.pg", "x".repeat(maxFindingsPerFile + 5));
  const findings = new Findings(source);
  for (let at = maxFindingsPerFile + 4; at >= 0; at--)
    findings.report(problems.unclosedString, { start: at, end: at + 1 });
  const listed = findings.list();
  expect(listed).toHaveLength(maxFindingsPerFile + 1);
  expect(listed[0]?.column).toBeLessThan(listed[1]?.column ?? 0);
  expect(listed.at(-1)).toMatchObject({ code: "PG1000", message: "5 more findings in this file are not shown" });
});

test("the first findings have spelling hints, later ones none", () => {
  const findings = new Findings(new SourceFile("a.pg", ""));
  const hints = Array.from({ length: 25 }, () => findings.nearest("lod", ["load"]));
  expect(hints.filter((hint) => hint === "load")).toHaveLength(20);
});

test("a message shows no more of the source than a person reads", () => {
  const findings = new Findings(new SourceFile("a.pg", ""));
  findings.report(problems.unknownCharacters, { start: 0, end: 0 }, "$".repeat(5000));
  expect(findings.list()[0]?.message).toBe(`'${"$".repeat(120)}…' means nothing here`);
});
