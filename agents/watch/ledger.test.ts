import { expect, test } from "vitest";
import { Ledger } from "./ledger.ts";

const state = (version: string) => ({ version, size: 1, modifiedAt: 0 });

test("a version is told once, as created, modified, then deleted", () => {
  const ledger = new Ledger();
  const tell = (version?: string) => ledger.record("/a", version === undefined ? undefined : state(version))?.event;
  expect([tell("1"), tell("1"), tell("2"), tell("2"), tell(), tell(), tell("3")]).toEqual([
    "created",
    undefined,
    "modified",
    undefined,
    "deleted",
    undefined,
    "created",
  ]);
});
