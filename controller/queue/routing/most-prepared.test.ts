import { expect, test } from "vitest";
import { mostPrepared, type Standing } from "./most-prepared.ts";

test.each<[Standing[], Standing[]]>([
  [
    ["ready", "building", "ready", "failed"],
    ["ready", "ready"],
  ],
  [["failed", "building"], ["building"]],
  [
    ["failed", "failed"],
    ["failed", "failed"],
  ],
  [["failed"], ["failed"]],
  [[], []],
])("of %j they are %j", (agents, best) => {
  expect(mostPrepared(agents, (standing) => standing)).toEqual(best);
});
