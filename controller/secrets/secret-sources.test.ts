import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MasterKey } from "./master-key.ts";
import { SecretSources } from "./secret-sources.ts";

const masterKey = new MasterKey(randomBytes(32));
const variables: Readonly<Record<string, string>> = { APP_ONE: "of a variable", APP_SHORT: "abc", PATH: "/usr/bin" };

let root: string;
let sources: SecretSources;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "polyglot-sources-"));
  const folder = join(root, "secrets");
  mkdirSync(join(folder, "inner"), { recursive: true });
  writeFileSync(join(folder, "inner", "one"), "of a file\r\n");
  writeFileSync(join(folder, "large"), "x".repeat(65_537));
  writeFileSync(join(folder, "binary"), Buffer.from([0xff, 0xfe, 0xff, 0xfe]));
  writeFileSync(join(root, "outside"), "outside");
  symlinkSync(join(folder, "inner", "one"), join(folder, "link"));
  symlinkSync(join(root, "outside"), join(folder, "escape"));
  execFileSync("mkfifo", [join(folder, "pipe")]);
  sources = new SecretSources({ masterKey, envPrefix: "APP_", folder, variable: (name) => variables[name] });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const read = (spec: unknown, given = sources) => given.read("s", { spec, value: undefined }, "a.b");

test("a value comes from a variable, a file or the store", async () => {
  expect(await read({ env: "APP_ONE" })).toEqual({ kind: "value", value: "of a variable" });
  for (const file of ["inner/one", "link", join(root, "secrets", "inner", "one")]) {
    expect(await read({ file })).toEqual({ kind: "value", value: "of a file" });
  }
  const stored = { spec: { store: true }, value: masterKey.seal("s", "of the store") };
  expect(await sources.read("s", stored)).toEqual({ kind: "value", value: "of the store" });
});

test.each<[unknown, string, string]>([
  [undefined, "unknown", "no Secret 's' is declared"],
  [{ store: true }, "unknown", "'polyglot secret set s' writes one"],
  [{ env: "PATH" }, "unavailable", "'PATH' does not begin with APP_"],
  [{ env: "APP_TWO" }, "unavailable", "the controller has no variable 'APP_TWO'"],
  [{ env: "APP_SHORT" }, "unavailable", "has 4 to 65536 bytes, and this one has 3"],
  [{ file: "../outside" }, "unavailable", "'../outside' is not below the folder"],
  [{ file: "/etc/hostname" }, "unavailable", "'/etc/hostname' is not below the folder"],
  [{ file: "escape" }, "unavailable", "'escape' is not below the folder"],
  [{ file: "inner" }, "unavailable", "'inner' cannot be read"],
  [{ file: "pipe" }, "unavailable", "'pipe' cannot be read"],
  [{ file: "absent" }, "unavailable", "'absent' cannot be read (ENOENT)"],
  [{ file: "large" }, "unavailable", "has 4 to 65536 bytes, and this one has 65537"],
  [{ file: "binary" }, "unavailable", "is text in UTF-8, and this one is not"],
  [{ store: true, namespaces: ["a.c"] }, "forbidden", "secret 's' is not for pipelines of 'a.b'"],
])("%j is %s: %s", async (spec, kind, message) => {
  expect(await read(spec)).toEqual({ kind, message: expect.stringContaining(message) });
});

test("variables and files that nobody opened are not read", async () => {
  const closed = new SecretSources({ masterKey, variable: (name) => variables[name] });
  const message = (flag: string) => ({ kind: "unavailable", message: expect.stringContaining(flag) });
  expect(await read({ env: "APP_ONE" }, closed)).toEqual(message("--secret-env-prefix"));
  expect(await read({ file: "inner/one" }, closed)).toEqual(message("--secret-folder"));
});
