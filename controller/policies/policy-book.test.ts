import type { PipelineId } from "@polyglot/contracts";
import { silentLogger } from "@polyglot/service";
import { expect, test } from "vitest";
import { createTestDatabase } from "../store/test-database.ts";
import { announceObjects, removeObjects, writeObjects } from "../store/objects.ts";
import { PolicyBook } from "./policy-book.ts";

const pipeline = { id: "a>b#P" as PipelineId, digest: "d", plan: { queue: { queue: "Default" } } };
const key = { kind: "ResourcePolicy", namespace: "", name: "all" };

test("a change is in force once it is committed, and a removal too", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  const book = new PolicyBook(database, silentLogger);
  await book.start();
  const changed = () => new Promise<void>((resolve) => void book.onChange(resolve));
  const write = (spec: object) =>
    database.transaction(async (transaction) => {
      const object = { ...key, spec, specDigest: JSON.stringify(spec), file: "p.yaml", inForce: true };
      await writeObjects(transaction, [object], { repository: null, revision: null }, new Date());
      await announceObjects(transaction, ["ResourcePolicy"]);
    });
  expect(book.of(pipeline).get("kill.timeout")).toBeUndefined();

  let heard = changed();
  await write({ selector: {}, kill: { timeout: "9s" } });
  await heard;
  expect(book.of(pipeline).get("kill.timeout")).toBe(9);

  heard = changed();
  await write({ selector: {}, kill: { timeout: "of another version" } });
  await heard;
  expect(book.of(pipeline).get("kill.timeout")).toBeUndefined();

  heard = changed();
  await removeObjects(database, [key], null);
  await announceObjects(database, ["ResourcePolicy"]);
  await heard;
  expect(book.of(pipeline).isBeyondPlan).toBe(false);
  await book.stop();
});
