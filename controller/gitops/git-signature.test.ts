import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseKeys } from "./git-signature.ts";
import { conditions, source, World } from "./reconciler.fixture.ts";
import { parseStatus } from "./repository-status.ts";

let world: World;
let keys: string;

beforeEach(async () => {
  world = await World.create();
  keys = mkdtempSync(join(tmpdir(), "polyglot-keys-"));
  for (const name of ["own", "stranger"]) {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", join(keys, name)]);
  }
  world.secrets.set("signers", readFileSync(join(keys, "own.pub"), "utf8"));
});
afterEach(async () => {
  await world.dispose();
  rmSync(keys, { recursive: true, force: true });
});

const verified = ", verify: { keysFrom: signers }";

function signWith(key: string): void {
  world.origin.git("config", "gpg.format", "ssh");
  world.origin.git("config", "user.signingKey", join(keys, key));
}

test("only a commit that a known key has signed is applied; another one leaves the last in force and says why", async () => {
  signWith("own");
  const good = world.origin.commit({ "a.pg": source("A") }, "--gpg-sign");
  expect(await world.declare(verified)).toBe("applied");
  world.origin.commit({ "a.pg": source("A", "2") });
  expect(await world.reconcile()).toBe("failed");
  expect(conditions(await world.repository())).toMatchObject({ Ready: "False Unsigned", Stalled: "True Unsigned" });
  signWith("stranger");
  const foreign = world.origin.commit({ "a.pg": source("A", "3") }, "--gpg-sign");
  expect(await world.reconcile()).toBe("failed");
  const stalled = await world.repository();
  expect(conditions(stalled)).toMatchObject({ Ready: "False SignatureRefused", Stalled: "True SignatureRefused" });
  expect(parseStatus(stalled.status)).toMatchObject({ observed_revision: foreign, applied_revision: good });
  expect(await world.pipelines()).toEqual({ "test>A#A": 1 });
  world.secrets.set("signers", readFileSync(join(keys, "stranger.pub"), "utf8"));
  expect(await world.reconcile()).toBe("applied");
  expect(await world.pipelines()).toEqual({ "test>A#A": 2 });
});

test("without the secret of its keys nothing is applied", async () => {
  signWith("own");
  world.origin.commit({ "a.pg": source("A") }, "--gpg-sign");
  world.secrets.clear();
  expect(await world.declare(verified)).toBe("failed");
  expect(conditions(await world.repository())).toMatchObject({ Stalled: "True KeysMissing" });
});

test.skipIf(spawnSync("gpg", ["--version"]).error !== undefined)("a commit that OpenPGP signed counts", async () => {
  const home = { ...process.env, GNUPGHOME: keys };
  const gpg = (...words: string[]) =>
    execFileSync("gpg", ["--batch", ...words], { env: home, encoding: "utf8", stdio: "pipe" });
  try {
    gpg("--passphrase", "", "--quick-generate-key", "test@example.com", "ed25519", "sign");
    world.secrets.set("signers", gpg("--armor", "--export", "test@example.com"));
    world.origin.git("config", "user.signingKey", "test@example.com");
    process.env["GNUPGHOME"] = keys;
    world.origin.commit({ "a.pg": source("A") }, "--gpg-sign");
  } finally {
    delete process.env["GNUPGHOME"];
    spawnSync("gpgconf", ["--kill", "all"], { env: home });
  }
  expect(await world.declare(verified)).toBe("applied");
  world.secrets.set("signers", readFileSync(join(keys, "own.pub"), "utf8"));
  world.origin.git("commit", "--quiet", "--amend", "--no-edit", "--message=unsigned");
  expect(await world.reconcile()).toBe("failed");
});

test("a bare key counts for anybody, a line of allowed signers for those it names", () => {
  expect(parseKeys("# a comment\nssh-ed25519 AAAA me\n\nme@example.com ssh-rsa BBBB\n")).toEqual({
    ssh: ['* namespaces="git" ssh-ed25519 AAAA me', "me@example.com ssh-rsa BBBB"],
    openPgp: [],
  });
});
