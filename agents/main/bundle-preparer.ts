import { create } from "@bufbuild/protobuf";
import { type BundleDigest, parseBundleDigest } from "@polyglot/contracts";
import { PreparedBundleSchema, type PrepareList } from "@polyglot/contracts/service";
import type { BackgroundTasks } from "@polyglot/service";
import type { Link } from "../link/link.ts";
import type { BundleFolders } from "../runtimes/bundle-folder.ts";

/** Has bundles ready before an execution asks for them, and tells what became of it. */
export class BundlePreparer {
  readonly #bundles: Pick<BundleFolders, "folderOf" | "register">;
  readonly #link: Pick<Link, "prepared">;
  readonly #tasks: BackgroundTasks;

  constructor(
    bundles: Pick<BundleFolders, "folderOf" | "register">,
    link: Pick<Link, "prepared">,
    tasks: BackgroundTasks,
  ) {
    this.#bundles = bundles;
    this.#link = link;
    this.#tasks = tasks;
  }

  prepare({ bundleDigests }: PrepareList): void {
    const digests = bundleDigests.map(parseBundleDigest).filter((digest) => digest !== undefined);
    this.#bundles.register(digests);
    for (const digest of digests) this.#tasks.add(this.#prepareOne(digest));
  }

  async #prepareOne(bundleDigest: BundleDigest): Promise<void> {
    try {
      await this.#bundles.folderOf(bundleDigest);
      this.#link.prepared(create(PreparedBundleSchema, { bundleDigest, ready: true }));
    } catch (problem) {
      const error = { type: "pg\\!DependencyError", message: (problem as Error).message };
      this.#link.prepared(create(PreparedBundleSchema, { bundleDigest, ready: false, error }));
    }
  }
}
