/** What a kind's schema finds wrong with a document, as findings at their places. */
import { fieldNamesAt } from "@polyglot/contracts";
import type { Document } from "yaml";
import type { z } from "zod";
import { problems } from "../diagnose/catalogue.ts";
import type { Findings } from "../diagnose/findings.ts";
import { sayIssue } from "./say-issue.ts";
import { placeOf, placeOfKey } from "./yaml-places.ts";

export function reportIssue(
  issue: z.core.$ZodIssue,
  document: Document.Parsed,
  schema: z.ZodType,
  findings: Findings,
): void {
  const path = issue.path.filter((part) => typeof part !== "symbol");
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys) {
      const nearest = findings.nearest(key, fieldNamesAt(schema, path));
      findings.report(problems.unknownObjectField, placeOfKey(document, [...path, key]), key, nearest);
    }
    return;
  }
  const field = path.length === 0 ? "the document" : path.join(".");
  const value: unknown = path.length === 0 ? document.contents : document.getIn(path);
  if (value === undefined && issue.code !== "custom") {
    return findings.report(problems.missingField, placeOf(document, path.slice(0, -1)), field);
  }
  const nearest = nearestAllowed(issue, value, findings);
  findings.report(problems.invalidField, placeOf(document, path), field, sayIssue(issue, value), nearest);
}

function nearestAllowed(issue: z.core.$ZodIssue, value: unknown, findings: Findings): string | undefined {
  if (issue.code !== "invalid_value" || typeof value !== "string") return undefined;
  return findings.nearest(
    value,
    issue.values.filter((allowed) => typeof allowed === "string"),
  );
}
