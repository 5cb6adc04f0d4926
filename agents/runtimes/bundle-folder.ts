/**
 * Bundles unpacked on this host, one read-only folder each, named by digest. A folder is verified once in an agent's
 * life, when it is first asked for: packed again, its files must give the digest, so neither a power cut nor a hand that
 * changed a file goes unnoticed.
 */
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type BundleDigest, createBundle, type FileSet, readBundle, sha256 } from "@polyglot/contracts";
import type { BundleStore } from "./bundle-store.ts";

export class BundleFolders implements BundleStore {
  readonly #fetch: (digest: BundleDigest) => Promise<Uint8Array>;
  readonly #root: string;
  readonly #ready = new Map<BundleDigest, Promise<string>>();

  /** `dataFolder` is the agent's; bundles lie in `bundles` below it. */
  constructor(fetch: (digest: BundleDigest) => Promise<Uint8Array>, dataFolder: string) {
    this.#fetch = fetch;
    this.#root = join(dataFolder, "bundles");
  }

  /** Rejects where the bundle cannot be had or is not what its digest says; the next call tries again. */
  folderOf(digest: BundleDigest): Promise<string> {
    const known = this.#ready.get(digest);
    if (known !== undefined) return known;
    const folder = this.#prepare(digest);
    this.#ready.set(digest, folder);
    folder.catch(() => this.#ready.delete(digest));
    return folder;
  }

  async #prepare(digest: BundleDigest): Promise<string> {
    const folder = join(this.#root, digest.slice("sha256:".length));
    if (await isIntact(folder, digest)) return folder;
    await removeReadOnly(folder);
    const archive = await this.#fetch(digest);
    if (sha256(archive) !== digest) throw new Error(`what came as the bundle ${digest} is ${sha256(archive)}`);
    await this.#createRoot();
    await this.#unpack(readBundle(archive), folder);
    return folder;
  }

  /** Node looks upward for a `package.json`; this one stands before any that the host happens to have. */
  async #createRoot(): Promise<void> {
    await mkdir(this.#root, { recursive: true });
    await chmod(this.#root, 0o711);
    await writeFile(join(this.#root, "package.json"), "{}\n");
  }

  async #unpack(files: FileSet, folder: string): Promise<void> {
    const temporary = await mkdtemp(join(this.#root, "new-"));
    for (const [path, bytes] of files) {
      const target = join(temporary, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, bytes);
      await chmod(target, 0o444);
    }
    await setFolderModes(temporary, 0o555);
    await rename(temporary, folder);
  }
}

async function isIntact(folder: string, digest: BundleDigest): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) return false;
  return createBundle(await readFolder(folder)).digest === digest;
}

async function readFolder(folder: string): Promise<FileSet> {
  const files = new Map<string, Uint8Array>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length + 1), await readFile(path));
  }
  return files;
}

async function removeReadOnly(folder: string): Promise<void> {
  await setFolderModes(folder, 0o755).catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
}

/** Downward before the folders open, upward after they close: a folder's own mode is set last when it loses writing. */
async function setFolderModes(folder: string, mode: number): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await setFolderModes(join(folder, entry.name), mode);
  }
  await chmod(folder, mode);
}
