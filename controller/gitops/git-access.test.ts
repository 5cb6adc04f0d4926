import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { GitFixture } from "./git.fixture.ts";
import { type GitCredentials, parseGitCredentials } from "./git-credentials.ts";
import { GitMirror, type GitMirrorOptions } from "./git-mirror.ts";
import { type GitHttpsServer, startGitHttpsServer } from "./https-server.fixture.ts";
import { canHaveSshServer, type SshServer, startSshServer } from "./ssh-server.fixture.ts";

const { signal } = new AbortController();
let data: string;
let origin: GitFixture;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "polyglot-access-"));
  origin = new GitFixture();
});
afterEach(() => {
  rmSync(data, { recursive: true, force: true });
  origin[Symbol.dispose]();
});

async function fetch(url: string, secret: string | undefined, options: Partial<GitMirrorOptions> = {}) {
  const mirror = new GitMirror({
    folder: join(data, "git", "mirror"),
    allowFile: false,
    searchPath: process.env["PATH"] ?? "",
    now: () => performance.now(),
    url,
    ...(secret !== undefined && { credentials: async () => parseGitCredentials(secret, url) as GitCredentials }),
    ...options,
  });
  const fetched = await mirror.fetch({ kind: "branch", name: "main" }, undefined, signal);
  const left = readdirSync(join(data, "git")).filter((name) => name.startsWith("access-"));
  return left.length === 0 ? fetched : { kind: "credentials were left", left };
}

describe("over https", () => {
  let server: GitHttpsServer;
  let url: string;
  beforeEach(async () => {
    server = await startGitHttpsServer(dirname(origin.folder), "someone:pass'word \"1$x`");
    url = `${server.url}/${origin.folder.slice(dirname(origin.folder).length + 1)}/.git`;
  });
  afterEach(() => server.stop());

  test("user and password open the repository, and a wrong one is said", async () => {
    const commit = origin.commit({ "a.pg": "one" });
    const { certificates } = server;
    expect(await fetch(url, "someone:pass'word \"1$x`", { certificates })).toEqual({ kind: "fetched", commit });
    expect(await fetch(url, "someone:wrong", { certificates })).toMatchObject({
      kind: "refused",
      reason: "AuthenticationFailed",
    });
    expect(await fetch(url, undefined, { certificates })).toMatchObject({
      kind: "refused",
      reason: "AuthenticationFailed",
    });
    const named = url.replace("https://", "https://someone@");
    expect(await fetch(named, "pass'word \"1$x`", { certificates })).toEqual({ kind: "fetched", commit });
    expect(await fetch(url, "a-token", { certificates })).toMatchObject({ kind: "refused" });
    expect(server.seen).toContain("x-access-token:a-token");
  });

  test("a certificate of an unknown authority is refused before anything is sent", async () => {
    origin.commit({ "a.pg": "one" });
    expect(await fetch(url, "someone:secret")).toMatchObject({
      kind: "unreachable",
      message: expect.stringContaining("certificate"),
    });
    expect([...server.seen]).toEqual([]);
  });

  test("credentials do not follow a redirect to another host", async () => {
    origin.commit({ "a.pg": "one" });
    const other = await startGitHttpsServer(dirname(origin.folder), "someone:secret");
    try {
      server.redirectTo = other.url;
      const certificates = `${server.certificates}${other.certificates}`;
      expect(await fetch(url, "someone:secret", { certificates })).toMatchObject({
        kind: expect.not.stringMatching("fetched"),
      });
      expect([...other.seen]).toEqual([]);
    } finally {
      await other.stop();
    }
  });
});

describe.skipIf(!canHaveSshServer)("over ssh", () => {
  let server: SshServer;
  beforeAll(async () => {
    server = await startSshServer();
  }, 120_000);
  afterAll(() => server.stop());

  test("a key opens the repository of a server whose own key is known", async () => {
    const commit = origin.commit({ "a.pg": "one" });
    const knownHosts = [server.knownHost];
    const url = `${server.url}${origin.folder}`;
    expect(await fetch(url, server.key, { knownHosts })).toEqual({ kind: "fetched", commit });
    expect(await fetch(url, server.strangersKey, { knownHosts })).toMatchObject({
      kind: "refused",
      reason: "AuthenticationFailed",
    });
    const [host = "", type = ""] = server.knownHost.split(" ");
    const other = [`${host} ${type} AAAAC3NzaC1lZDI1NTE5AAAAIBUSG2FCHmtbUVwcJ3hfmE7TWTCzpWIShlpYS5eBtKlw`];
    expect(await fetch(url, server.key, { knownHosts: other })).toMatchObject({
      kind: "refused",
      reason: "HostKeyUnknown",
    });
  });
});

test.each([
  ["https://example.com/a.git", "user:pa:ss", { kind: "password", user: "user", password: "pa:ss" }],
  ["https://me@example.com/a.git", "pa:ss\n", { kind: "password", user: "me", password: "pa:ss" }],
  ["https://example.com/a.git", "token", { kind: "password", user: "x-access-token", password: "token" }],
  ["https://example.com/a.git", "two\nlines", { kind: "problem" }],
  ["git@example.com:a.git", "user:password", { kind: "problem" }],
  [
    "git@example.com:a.git",
    "-----BEGIN OPENSSH PRIVATE KEY-----\nx",
    { kind: "key", key: "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n" },
  ],
  ["https://example.com/a.git", "-----BEGIN OPENSSH PRIVATE KEY-----\nx", { kind: "problem" }],
])("at %s a secret is what its server takes", (url, value, expected) => {
  expect(parseGitCredentials(value, url)).toMatchObject(expected);
});
