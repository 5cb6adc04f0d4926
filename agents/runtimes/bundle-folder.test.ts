import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BundleDigest, createBundle } from "@polyglot/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BundleFolders } from "./bundle-folder.ts";
import type { BundleLimits } from "./bundle-limits.ts";

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

describe("beyond the limits", () => {
  const bundles = ["a", "b", "c", "d"].map((text) => createBundle(new Map([["f.py", encoder.encode(text)]])));
  const [a, b, c, d] = bundles.map(({ digest }) => digest) as [BundleDigest, BundleDigest, BundleDigest, BundleDigest];

  const limited = (limits: Partial<BundleLimits>) =>
    new BundleFolders(
      async (digest) => {
        fetches.push(digest);
        return bundles.find((one) => one.digest === digest)?.archive ?? new Uint8Array();
      },
      dataFolder,
      { limits },
    );

  async function there(store: BundleFolders): Promise<string[]> {
    await store.stop();
    const names = await readdir(join(dataFolder, "bundles"));
    return names.filter((name) => name !== "package.json").map((name) => `sha256:${name}`);
  }

  it("the least recently used bundle goes, and comes back when it is asked for", async () => {
    const store = limited({ maxBundles: 2 });
    for (const digest of [a, b, a, c]) await store.folderOf(digest);
    expect((await there(store)).sort()).toEqual([a, c].sort());
    await store.folderOf(b);
    expect((await there(store)).sort()).toEqual([b, c].sort());
    expect(fetches).toEqual([a, b, c, b]);
  });

  it("the bytes of all files count", async () => {
    const store = limited({ maxBytes: 2 });
    for (const digest of [a, b, c]) await store.folderOf(digest);
    expect((await there(store)).sort()).toEqual([b, c].sort());
  });

  it("one that a worker holds or a pipeline in force needs stays", async () => {
    const store = limited({ maxBundles: 1 });
    const release = store.hold(a);
    store.register([b]);
    for (const digest of [a, b, c, d]) await store.folderOf(digest);
    expect((await there(store)).sort()).toEqual([a, b].sort());
    release();
    store.register([]);
    expect(await there(store)).toEqual([a]);
  });

  it("one that is asked for while it goes is fetched anew", async () => {
    const store = limited({ maxBundles: 1 });
    await store.folderOf(a);
    await store.folderOf(b);
    const again = await store.folderOf(a);
    expect(await readFile(join(again, "f.py"), "utf8")).toBe("a");
  });

  it("what an earlier life left counts, and what it had begun goes", async () => {
    await limited({}).folderOf(a);
    await mkdir(join(dataFolder, "bundles", "new-abc"));
    const store = limited({ maxBundles: 1 });
    await store.start();
    await store.folderOf(b);
    expect(await there(store)).toEqual([b]);
  });
});

it("bytes that do not have the digest are refused, and asked for again by the next call", async () => {
  const store = folders(createBundle(new Map()).archive);
  await expect(store.folderOf(bundle.digest)).rejects.toThrow(bundle.digest);
  await expect(store.folderOf(bundle.digest)).rejects.toThrow(bundle.digest);
  expect(fetches).toHaveLength(2);
});
