import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gitRepository } from "@polyglot/contracts";
import { parse } from "yaml";
import { expect, onTestFinished, test } from "vitest";
import { findGitFolder, repositoryDocument } from "./git-folder.ts";

function createFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "polyglot git ")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const commit = (folder: string): void => {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
  execFileSync("git", ["init", "--quiet", "--initial-branch=trunk"], { cwd: folder });
  execFileSync("git", [...identity, "commit", "--quiet", "--allow-empty", "--message", "First"], { cwd: folder });
};

test("a folder below a repository's root is found with its branch and path", async () => {
  const root = createFolder();
  commit(root);
  mkdirSync(join(root, "etl", "daily"), { recursive: true });
  expect(await findGitFolder(join(root, "etl", "daily"))).toMatchObject({ branch: "trunk", path: "etl/daily" });
});

test("its declared object is valid, whatever the folder is called", async () => {
  const root = createFolder();
  commit(root);
  const found = await findGitFolder(root);
  if (found === undefined) throw new Error("not found");
  const { spec, metadata } = gitRepository.parse(parse(repositoryDocument(found, 2)));
  expect(metadata.name).toMatch(/^polyglot-git-\w+$/);
  expect(spec).toMatchObject({ branch: "trunk", path: ".", intervalSeconds: 2 });
});

test("a folder outside of a repository, and a repository without a commit, are none", async () => {
  const folder = createFolder();
  expect(await findGitFolder(folder)).toBeUndefined();
  execFileSync("git", ["init", "--quiet"], { cwd: folder });
  expect(await findGitFolder(folder)).toBeUndefined();
});
