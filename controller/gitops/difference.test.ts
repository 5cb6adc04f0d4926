import { expect, test } from "vitest";
import type { ActualObject } from "../store/objects.ts";
import type { DesiredObject, DesiredState } from "./desired.ts";
import { difference } from "./difference.ts";

const owner = { repository: "code", prune: true };

/** `Kind name digest file` each; what is kept is named by file. */
function desired(lines: readonly string[], keptFiles: readonly string[] = []): DesiredState {
  const objects = lines.map((line): DesiredObject => {
    const [kind = "", name = "", specDigest = "", file = "a.pg"] = line.split(" ");
    return { kind, namespace: "n", name, spec: {}, specDigest, file, line: 1 };
  });
  return { objects, kept: { files: new Set(keptFiles), keys: new Set() }, diagnostics: [] };
}

function actual(line: string, repository: string | null = "code"): ActualObject {
  const [kind = "", name = "", spec_digest = "", file = "a.pg"] = line.split(" ");
  const rest = { generation: 1, spec: { plan_digest: spec_digest }, revision: null, conditions: [] };
  return { kind, namespace: "n", name, spec_digest, file, repository, ...rest };
}

function check(wanted: DesiredState, present: readonly ActualObject[], options = owner): string[] {
  return difference(wanted, present, options).map((change) => {
    const object = "desired" in change ? change.desired : change.actual;
    return `${change.kind} ${object.name}`;
  });
}

test("objects are created, changed, left alone and removed", () => {
  const present = [actual("Pipeline B 1"), actual("Pipeline C 1"), actual("Pipeline D 1")];
  const wanted = desired(["Pipeline A 1", "Pipeline B 1", "Pipeline C 2"]);
  expect(check(wanted, present)).toEqual(["created A", "unchanged B", "changed C", "removed D"]);
});

test("settings come before pipelines, removals last and in reverse", () => {
  const present = [actual("GitRepository X 1"), actual("Pipeline Y 1"), actual("Pipeline Z 1")];
  expect(check(desired(["Pipeline A 1", "GitRepository B 1"]), present)).toEqual([
    "created B",
    "created A",
    "removed Z",
    "removed Y",
    "removed X",
  ]);
});

test("what a file in error declared stays", () => {
  expect(check(desired([], ["broken.pg"]), [actual("Pipeline A 1 broken.pg")])).toEqual([]);
});

test("nothing is removed without prune, and nothing of another owner ever", () => {
  expect(check(desired([]), [actual("Pipeline A 1")], { repository: "code", prune: false })).toEqual([]);
  expect(check(desired([]), [actual("Pipeline A 1", "other"), actual("Pipeline B 1", null)])).toEqual([]);
});

test("another repository's object is refused, one applied by hand is taken over", () => {
  const present = [actual("Pipeline A 1", "other"), actual("Pipeline B 1", null)];
  expect(check(desired(["Pipeline A 2", "Pipeline B 1"]), present)).toEqual(["refused A", "changed B"]);
});

test("the same object in another file is moved", () => {
  expect(check(desired(["Pipeline A 1 b.pg"]), [actual("Pipeline A 1 a.pg")])).toEqual(["moved A"]);
});
