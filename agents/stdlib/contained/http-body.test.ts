import { expect, test } from "vitest";
import { valueOfBody } from "./http-body.ts";
import { httpLimits } from "./http-limits.ts";

test("JSON above its limit is not read, and comes as bytes under another type", () => {
  const body = Buffer.alloc(httpLimits.maxJsonBytes + 1, "1");
  expect(() => valueOfBody(body, "application/json")).toThrow("at most 16777216 are read");
  expect(valueOfBody(body, "application/octet-stream")).toEqual({ $bytes: body.toString("base64") });
});
