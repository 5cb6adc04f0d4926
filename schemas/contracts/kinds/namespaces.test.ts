import { expect, test } from "vitest";
import { isForNamespace } from "./namespaces.ts";

test.each([
  [undefined, "x", true],
  [["com.example"], "com.example", true],
  [["com.example"], "com.example>etl", true],
  [["com.example"], "com.example.shop", true],
  [["com.example>etl"], "com.example", false],
  [["com.example"], "com.examples", false],
  [["a", "b"], "b", true],
])("namespaces %j and '%s': %s", (namespaces, namespace, expected) => {
  expect(isForNamespace({ namespaces }, namespace)).toBe(expected);
});
