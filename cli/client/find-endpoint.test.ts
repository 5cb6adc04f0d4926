import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findEndpoint } from "./find-endpoint.ts";

test("a token of the command line counts also where the address was found in a folder", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "polyglot-endpoint-"));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  mkdirSync(join(cwd, ".polyglot"));
  const endpoint = { url: "https://127.0.0.1:1", ca: "", token: "of the folder", pid: process.pid };
  writeFileSync(join(cwd, ".polyglot", "endpoint.json"), JSON.stringify(endpoint), { mode: 0o600 });
  const tokenWith = async (flags: { readonly token?: string }) =>
    (await findEndpoint({ flags, env: {}, cwd, home: cwd })).token;
  expect(await tokenWith({})).toBe("of the folder");
  expect(await tokenWith({ token: "given" })).toBe("given");
});
