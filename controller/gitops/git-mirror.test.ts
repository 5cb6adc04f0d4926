import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { GitFixture } from "./git.fixture.ts";
import { GitMirror, type GitMirrorOptions, type ReadOptions } from "./git-mirror.ts";
import type { GitRevision } from "./git-revision.ts";
import { checkRepositoryUrl } from "./repository-url.ts";

const { signal } = new AbortController();
let data: string;
let origin: GitFixture;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "polyglot-mirror-"));
  origin = new GitFixture();
});
afterEach(() => {
  rmSync(data, { recursive: true, force: true });
  origin[Symbol.dispose]();
});

const main: GitRevision = { kind: "branch", name: "main" };

function mirror(options: Partial<GitMirrorOptions> = {}): GitMirror {
  return new GitMirror({
    folder: join(data, "git", "mirror"),
    url: origin.url,
    allowFile: true,
    searchPath: process.env.PATH ?? "",
    now: () => performance.now(),
    ...options,
  });
}

const tipOf = (one: GitMirror, revision: GitRevision = main) => one.tip(revision, Infinity, signal);
const fetchOf = (one: GitMirror, revision: GitRevision = main) => one.fetch(revision, undefined, signal);

async function fetchAndRead(one: GitMirror, read: ReadOptions = { path: "." }, revision: GitRevision = main) {
  const fetched = await fetchOf(one, revision);
  if (fetched.kind !== "fetched") throw new Error(fetched.message);
  return one.read(fetched.commit, read, signal);
}

test("files come out byte for byte, binary ones and odd names too", async () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
  const commit = origin.commit({ "a.pg": "text", "lib/ä b.bin": bytes, "lib/empty": "" });
  const one = mirror();
  expect(await tipOf(one)).toEqual({ kind: "fetched", commit });
  const tree = await fetchAndRead(one);
  if (tree.kind !== "read") throw new Error(tree.message);
  expect([...tree.files.keys()]).toEqual(["a.pg", "lib/empty", "lib/ä b.bin"]);
  expect(Buffer.compare(tree.files.get("lib/ä b.bin") ?? bytes.subarray(1), bytes)).toBe(0);
});

test("only the folder asked for is read, and its paths begin there", async () => {
  origin.commit({ "a.pg": "outside", "etl/b.pg": "inside" });
  const tree = await fetchAndRead(mirror(), { path: "./etl/" });
  expect(tree.kind === "read" && [...tree.files.keys()]).toEqual(["b.pg"]);
  expect(await fetchAndRead(mirror(), { path: "none" })).toMatchObject({ kind: "refused", reason: "PathMissing" });
  expect(await fetchAndRead(mirror(), { path: "../etc" })).toMatchObject({ kind: "refused", reason: "PathRefused" });
});

test("a symbolic link is refused by name and the other files are read", async () => {
  symlinkSync("/etc/passwd", join(origin.folder, "link"));
  origin.commit({ "a.pg": "text" });
  const tree = await fetchAndRead(mirror());
  expect(tree).toMatchObject({ kind: "read", refused: [{ path: "link" }] });
  expect(tree.kind === "read" && [...tree.files.keys()]).toEqual(["a.pg"]);
});

test("a rewritten branch is followed", async () => {
  origin.commit({ "a.pg": "one" });
  const one = mirror();
  await fetchAndRead(one);
  const rewritten = origin.commit({ "a.pg": "two" }, "--amend");
  expect(await fetchOf(one)).toEqual({ kind: "fetched", commit: rewritten });
  const tree = await one.read(rewritten, { path: "." }, signal);
  expect(tree.kind === "read" && Buffer.from(tree.files.get("a.pg") ?? []).toString()).toBe("two");
});

test("a tag is its commit, annotated or not, and a moved one is followed", async () => {
  const first = origin.commit({ "a.pg": "one" });
  origin.git("tag", "light");
  origin.git("tag", "--annotate", "--message=release", "v1");
  const second = origin.commit({ "a.pg": "two" });
  for (const name of ["light", "v1"]) {
    const revision: GitRevision = { kind: "tag", name };
    const one = mirror();
    expect(await tipOf(one, revision)).toEqual({ kind: "fetched", commit: first });
    const tree = await fetchAndRead(one, { path: "." }, revision);
    expect(tree.kind === "read" && Buffer.from(tree.files.get("a.pg") ?? []).toString()).toBe("one");
  }
  origin.git("tag", "--force", "--annotate", "--message=release", "v1");
  const moved: GitRevision = { kind: "tag", name: "v1" };
  expect(await tipOf(mirror(), moved)).toEqual({ kind: "fetched", commit: second });
  expect(await fetchOf(mirror(), moved)).toEqual({ kind: "fetched", commit: second });
});

test("the newest tag of a range is followed, and tags that are no versions are passed over", async () => {
  const commits = new Map<string, string>();
  for (const tag of ["v1.9.0", "1.10.0", "v2.0.0", "v1.11.0-rc.1", "latest"]) {
    commits.set(tag, origin.commit({ "a.pg": tag }));
    origin.git("tag", tag);
  }
  const one = mirror();
  const range: GitRevision = { kind: "semver", range: "^1.2" };
  expect(await tipOf(one, range)).toEqual({ kind: "fetched", commit: commits.get("1.10.0") });
  expect(await fetchOf(one, range)).toEqual({ kind: "fetched", commit: commits.get("1.10.0") });
  const newer = origin.commit({ "a.pg": "newer" });
  origin.git("tag", "--annotate", "--message=release", "v1.10.1");
  expect(await tipOf(one, range)).toEqual({ kind: "fetched", commit: newer });
  expect(await fetchOf(one, range)).toEqual({ kind: "fetched", commit: newer });
  expect(await tipOf(one, { kind: "semver", range: "3.x" })).toMatchObject({
    kind: "unreachable",
    message: "the repository has no tag in the range '3.x'",
  });
});

test("an answer of the remote serves all who would take one as old, and a commit that is here is not fetched", async () => {
  const first = origin.commit({ "a.pg": "one" });
  const one = mirror();
  const asked = performance.now();
  await tipOf(one);
  await fetchOf(one);
  const second = origin.commit({ "a.pg": "two" });
  expect(await one.tip(main, asked, signal)).toEqual({ kind: "fetched", commit: first });
  expect(await one.fetch(main, first, signal)).toEqual({ kind: "fetched", commit: first });
  expect(await tipOf(one)).toEqual({ kind: "fetched", commit: second });
  expect(await one.fetch(main, second, signal)).toEqual({ kind: "fetched", commit: second });
});

test("ignored files are not read", async () => {
  origin.commit({ "a.pg": "a", "data/big.csv": "1", "data/keep.csv": "2", "notes/x.pg": "x", "lib/notes/y.pg": "y" });
  const tree = await fetchAndRead(mirror(), { path: ".", ignore: ["*.csv", "!keep.csv", "/notes/"] });
  expect(tree.kind === "read" && [...tree.files.keys()]).toEqual(["a.pg", "data/keep.csv", "lib/notes/y.pg"]);
});

test("a missing branch and a missing repository are said, not thrown", async () => {
  origin.commit({ "a.pg": "one" });
  expect(await tipOf(mirror(), { kind: "branch", name: "other" })).toMatchObject({
    kind: "unreachable",
    message: "the repository has no branch 'other'",
  });
  expect(await tipOf(mirror({ url: "file:///nowhere/at/all" }))).toMatchObject({ kind: "unreachable" });
});

test("a folder of this machine is refused without the flag", async () => {
  origin.commit({ "a.pg": "one" });
  expect(await tipOf(mirror({ allowFile: false }))).toMatchObject({ kind: "refused", reason: "UrlRefused" });
});

test("the mirror has no hooks, and none of the machine's configuration runs", async () => {
  const marker = join(data, "ran");
  const home = join(data, "home");
  writeFileSync(join(data, "evil"), `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
  process.env.GIT_CONFIG_COUNT = "1";
  process.env.GIT_CONFIG_KEY_0 = "core.sshCommand";
  process.env.GIT_CONFIG_VALUE_0 = join(data, "evil");
  try {
    origin.commit({ "a.pg": "one" });
    const one = mirror({ folder: join(home, "mirror") });
    await fetchAndRead(one);
    expect(existsSync(marker)).toBe(false);
    expect(readdirSync(join(home, "mirror"))).not.toContain("hooks");
  } finally {
    for (const name of ["COUNT", "KEY_0", "VALUE_0"]) delete process.env[`GIT_CONFIG_${name}`];
  }
});

test("only https, ssh and allowed folders are places of repositories", () => {
  const allowed = ["https://example.com/a.git", "ssh://git@example.com/a.git", "git@example.com:team/a.git"];
  const refused = [
    "http://example.com/a.git",
    "ext::sh -c touch% /tmp/x",
    "--upload-pack=touch /tmp/x",
    "-oProxyCommand=x@host:a",
    "ssh://-oProxyCommand=x/a",
    "git://example.com/a",
    "/etc",
    "../a",
    "file:///etc",
    "https://user:secret@example.com/a.git",
  ];
  const isAllowed = (url: string) => checkRepositoryUrl(url, false).kind === "allowed";
  expect(allowed.filter((url) => !isAllowed(url))).toEqual([]);
  expect(refused.filter(isAllowed)).toEqual([]);
  expect(checkRepositoryUrl("file:///srv/a.git", true)).toMatchObject({ kind: "allowed", protocol: "file" });
});
