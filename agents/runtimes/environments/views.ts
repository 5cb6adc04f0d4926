/**
 * Bundles beside environments, for runtimes whose code finds its packages by where it lies. A view holds links to a
 * bundle's files and one to the environment's packages, and costs no more disk than its folders:
 *
 *     views/ENVIRONMENT-BUNDLE/ ─┬─ bundle/…       hard links
 *                                ├─ node_modules   to the environment's
 *                                └─ package.json   ends the search for one
 */
import { randomUUID } from "node:crypto";
import { chmod, link, mkdir, readdir, rename, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { filesIn, removeReadOnly, setFolderModes } from "../read-only-folder.ts";

export class EnvironmentViews {
  readonly #root: string;
  readonly #ready = new Map<string, Promise<string>>();

  constructor(dataFolder: string) {
    this.#root = join(dataFolder, "views");
  }

  /** What an earlier life of the agent left goes: a view is made again in a moment. */
  async start(): Promise<void> {
    await removeReadOnly(this.#root);
    await mkdir(this.#root, { recursive: true });
    await chmod(this.#root, 0o711);
  }

  /** The folder with the bundle's files; `environment` and `bundle` are folders named by digest. */
  folderOf(environment: string, bundle: string): Promise<string> {
    const key = `${basename(environment)}-${basename(bundle)}`;
    const known = this.#ready.get(key);
    if (known !== undefined) return known;
    const made = this.#make(key, environment, bundle);
    this.#ready.set(key, made);
    made.catch(() => this.#ready.delete(key));
    return made;
  }

  /** Those of one environment. */
  async removeOf(digest: string): Promise<void> {
    for (const key of this.#ready.keys()) if (key.startsWith(`${digest}-`)) this.#ready.delete(key);
    const names = await readdir(this.#root);
    const own = names.filter((name) => name.startsWith(`${digest}-`));
    await Promise.all(own.map((name) => removeReadOnly(join(this.#root, name))));
  }

  async #make(key: string, environment: string, bundle: string): Promise<string> {
    const temporary = join(this.#root, `new-${randomUUID()}`);
    await mkdir(join(temporary, "bundle"), { recursive: true });
    try {
      for (const path of await filesIn(bundle)) {
        const target = join(temporary, "bundle", path.slice(bundle.length + 1));
        await mkdir(dirname(target), { recursive: true });
        await link(path, target);
      }
      await symlink(join(environment, "node_modules"), join(temporary, "node_modules"));
      await writeFile(join(temporary, "package.json"), "{}\n", { mode: 0o444 });
      await setFolderModes(temporary, 0o555);
      await rename(temporary, join(this.#root, key));
    } catch (error) {
      await removeReadOnly(temporary);
      throw error;
    }
    return join(this.#root, key, "bundle");
  }
}
