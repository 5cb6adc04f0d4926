import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BundleDigest, createBundle } from "@polyglot/contracts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { BundleFolders } from "./bundle-folder.ts";

const encoder = new TextEncoder();
const bundle = createBundle(
  new Map([
    ["lib/clean.py", encoder.encode("x = 1\n")],
    ["data/a.txt", encoder.encode("a")],
  ]),
);
let dataFolder: string;
let fetches: BundleDigest[];

beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "polyglot-bundles-"));
  fetches = [];
});
afterEach(() => rm(dataFolder, { recursive: true }));

const folders = (archive = bundle.archive) =>
  new BundleFolders(async (digest) => {
    fetches.push(digest);
    return archive;
  }, dataFolder);

it("a bundle is fetched once and lies there read-only", async () => {
  const store = folders();
  const [first, second] = await Promise.all([store.folderOf(bundle.digest), store.folderOf(bundle.digest)]);
  expect(first).toBe(second);
  expect(await readFile(join(first, "lib/clean.py"), "utf8")).toBe("x = 1\n");
  expect(fetches).toEqual([bundle.digest]);
  const modes = await Promise.all(
    ["lib", "lib/clean.py"].map(async (path) => (await stat(join(first, path))).mode & 0o222),
  );
  expect(modes).toEqual([0, 0]);
});

it("an agent that starts again finds the bundle it has", async () => {
  await folders().folderOf(bundle.digest);
  await folders().folderOf(bundle.digest);
  expect(fetches).toHaveLength(1);
});

it("a file that was changed by hand is noticed at the next start, and the bundle fetched anew", async () => {
  const file = join(await folders().folderOf(bundle.digest), "lib/clean.py");
  await chmod(file, 0o644);
  await writeFile(file, "x = 2\n");
  await folders().folderOf(bundle.digest);
  expect(await readFile(file, "utf8")).toBe("x = 1\n");
  expect(fetches).toHaveLength(2);
});

it("bytes that do not have the digest are refused, and asked for again by the next call", async () => {
  const store = folders(createBundle(new Map()).archive);
  await expect(store.folderOf(bundle.digest)).rejects.toThrow(bundle.digest);
  await expect(store.folderOf(bundle.digest)).rejects.toThrow(bundle.digest);
  expect(fetches).toHaveLength(2);
});
