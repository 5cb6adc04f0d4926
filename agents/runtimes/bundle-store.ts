import type { BundleDigest } from "@polyglot/contracts";

/** Where the files of a bundle lie on this host. */
export interface BundleStore {
  /** An absolute folder holding the bundle's files: unpacked, verified against the digest, read-only. */
  folderOf(digest: BundleDigest): Promise<string>;
  /** Until what it returns is called, the bundle's folder stays, or comes back when it is asked for. */
  hold(digest: BundleDigest): () => void;
}
