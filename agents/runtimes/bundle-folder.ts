/**
 * Bundles unpacked on this host, one read-only folder each, named by digest. A folder is verified once in an agent's
 * life, when it is first asked for: packed again, its files must give the digest, so neither a power cut nor a hand that
 * changed a file goes unnoticed.
 *
 *     absent ──folderOf──> fetched, unpacked ──> ready ──beyond the limits, and nobody needs it──> removed ──> absent
 */
import { randomUUID } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type BundleDigest,
  createBundle,
  type FileSet,
  parseBundleDigest,
  readBundle,
  sha256,
} from "@polyglot/contracts";
import { BackgroundTasks, type Logger, type Service, silentLogger } from "@polyglot/service";
import { type BundleLimits, defaultBundleLimits } from "./bundle-limits.ts";
import type { BundleStore } from "./bundle-store.ts";
import { KeptFolders } from "./kept-folders.ts";
import { filesIn, removeReadOnly, setFolderModes, sizeOnDisk } from "./read-only-folder.ts";

export interface BundleUpkeep {
  readonly limits?: Partial<BundleLimits>;
  readonly logger?: Logger;
}

export class BundleFolders implements BundleStore, Service {
  readonly name = "bundles";
  readonly #fetch: (digest: BundleDigest) => Promise<Uint8Array>;
  readonly #root: string;
  readonly #logger: Logger;
  readonly #ready = new Map<BundleDigest, Promise<string>>();
  readonly #tasks: BackgroundTasks;
  readonly #kept: KeptFolders<BundleDigest>;

  /** `dataFolder` is the agent's; bundles lie in `bundles` below it. */
  constructor(fetch: (digest: BundleDigest) => Promise<Uint8Array>, dataFolder: string, upkeep: BundleUpkeep = {}) {
    const { limits, logger = silentLogger } = upkeep;
    this.#fetch = fetch;
    this.#root = join(dataFolder, "bundles");
    this.#logger = logger;
    this.#tasks = new BackgroundTasks((error) => logger.warn({ err: error }, "an old bundle cannot be removed"));
    const { maxBundles: maxFolders, maxBytes } = { ...defaultBundleLimits, ...limits };
    this.#kept = new KeptFolders({
      limits: { maxFolders, maxBytes },
      tasks: this.#tasks,
      isBusy: () => false,
      remove: (digest) => this.#remove(digest),
    });
  }

  /** Counts what an earlier life of the agent left, and removes what it had begun. */
  async start(): Promise<void> {
    for (const name of await readdir(this.#root).catch(() => [])) {
      const path = join(this.#root, name);
      const digest = parseBundleDigest(`sha256:${name}`);
      if (digest !== undefined) this.#kept.keep(digest, await sizeOnDisk(path));
      else if (/^(new|old)-/.test(name)) await removeReadOnly(path);
    }
  }

  async stop(): Promise<void> {
    await this.#tasks.drain();
  }

  /** Rejects where the bundle cannot be had or is not what its digest says; the next call tries again. */
  folderOf(digest: BundleDigest): Promise<string> {
    this.#kept.note(digest);
    const known = this.#ready.get(digest);
    if (known !== undefined) return known;
    const folder = this.#prepare(digest);
    this.#ready.set(digest, folder);
    folder.then(
      () => this.#kept.tidy(),
      () => this.#ready.delete(digest),
    );
    return folder;
  }

  hold(digest: BundleDigest): () => void {
    return this.#kept.hold(digest);
  }

  /** The bundles of all pipelines in force: they stay, whatever the limits say. */
  register(digests: Iterable<BundleDigest>): void {
    this.#kept.register(digests);
  }

  async #prepare(digest: BundleDigest): Promise<string> {
    await this.#kept.removed(digest);
    const folder = this.#folderFor(digest);
    const size = await sizeIfIntact(folder, digest);
    if (size !== undefined) {
      this.#kept.keep(digest, size);
      return folder;
    }
    await removeReadOnly(folder);
    const archive = await this.#fetch(digest);
    if (sha256(archive) !== digest) throw new Error(`what came as the bundle ${digest} is ${sha256(archive)}`);
    await this.#createRoot();
    const files = readBundle(archive);
    await this.#unpack(files, folder);
    this.#kept.keep(digest, sizeOf(files));
    return folder;
  }

  #folderFor(digest: BundleDigest): string {
    return join(this.#root, digest.slice("sha256:".length));
  }

  /** Who asks for it from now on waits for the removal, then fetches it anew. */
  async #remove(digest: BundleDigest): Promise<void> {
    this.#ready.delete(digest);
    const old = join(this.#root, `old-${randomUUID()}`);
    await rename(this.#folderFor(digest), old);
    await removeReadOnly(old);
    this.#logger.info({ bundle: digest }, "removed an old bundle");
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

/** Undefined where its files do not give the digest. */
async function sizeIfIntact(folder: string, digest: BundleDigest): Promise<number | undefined> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) return undefined;
  const files = await readFolder(folder);
  return createBundle(files).digest === digest ? sizeOf(files) : undefined;
}

const sizeOf = (files: FileSet): number => [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0);

async function readFolder(folder: string): Promise<FileSet> {
  const files = new Map<string, Uint8Array>();
  for (const path of await filesIn(folder)) files.set(path.slice(folder.length + 1), await readFile(path));
  return files;
}
