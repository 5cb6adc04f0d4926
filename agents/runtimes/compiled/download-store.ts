/**
 * Packages that builds downloaded, kept for later builds by the digest of their bytes. What a build leaves in its client's
 * cache its own code may have changed, so a file is kept under the digest that its bytes have, and a build gets it only
 * where its lock file asks for that digest: nobody can put in another's build what that one did not name.
 */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, copyFile, lstat, mkdir, readdir, rename, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Clock } from "@polyglot/service";
import type { LockedDownloads } from "../language.ts";
import { isFile } from "../search-places.ts";
import { moduleLimits } from "./limits.ts";

/** How clients name the folder of a registry. */
const registryName = /^[\w.-]+$/;

export class DownloadStore {
  readonly #root: string;
  readonly #clock: Clock;

  /** `dataFolder` is the agent's; packages lie in `downloads/REGISTRY/DIGEST` below it. */
  constructor(dataFolder: string, clock: Clock) {
    this.#clock = clock;
    this.#root = join(dataFolder, "downloads");
  }

  async start(): Promise<void> {
    await mkdir(this.#root, { recursive: true });
    await chmod(this.#root, 0o711);
  }

  /** A script of the shell that puts what is there of the wanted packages where the client looks for them. */
  async scriptFor({ folder, wanted }: LockedDownloads): Promise<string> {
    const lines: string[] = [];
    for (const registry of await readdir(this.#root)) {
      const target = join(folder, registry);
      const found = await Promise.all([...wanted].map((one) => this.#find(registry, one)));
      for (const { from, file } of found.flat()) lines.push(`mkdir -p ${target} && cp '${from}' '${target}/${file}'`);
    }
    return lines.join("\n");
  }

  async #find(registry: string, [file, digest]: readonly [string, string]): Promise<Found[]> {
    const from = join(this.#root, registry, digest);
    if (!(await isFile(from))) return [];
    const now = new Date(this.#clock.now());
    await utimes(from, now, now);
    return [{ from, file }];
  }

  /** Keeps what a build that is over has left in its client's cache. */
  async take(cache: string): Promise<void> {
    const registries = (await readdir(cache).catch(() => [])).filter((name) => registryName.test(name));
    for (const registry of registries) {
      for (const name of await readdir(join(cache, registry)).catch(() => []))
        await this.#keep(join(cache, registry, name), registry);
    }
    await this.#tidy();
  }

  async #keep(path: string, registry: string): Promise<void> {
    const found = await lstat(path);
    if (!found.isFile() || found.size > moduleLimits.downloadBytes) return;
    const folder = join(this.#root, registry);
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o711);
    const kept = join(folder, await digestOf(path));
    if (await isFile(kept)) return;
    const temporary = join(this.#root, `new-${randomUUID()}`);
    await copyFile(path, temporary);
    await chmod(temporary, 0o444);
    await rename(temporary, kept);
  }

  /** Those that were used the longest ago go. */
  async #tidy(): Promise<void> {
    const entries = await readdir(this.#root, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const files = await Promise.all(paths.map(async (path) => ({ path, ...pick(await lstat(path)) })));
    let bytes = files.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of files.sort((a, b) => a.usedAt - b.usedAt)) {
      if (bytes <= moduleLimits.downloadsBytes) break;
      bytes -= size;
      await rm(path, { force: true });
    }
  }
}

const pick = ({ size, mtimeMs }: { size: number; mtimeMs: number }) => ({ size, usedAt: mtimeMs });

interface Found {
  readonly from: string;
  readonly file: string;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
