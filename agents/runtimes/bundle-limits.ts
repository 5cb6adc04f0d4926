/** How many bundles stay unpacked on a host, and which go first: a pure decision. */
import type { BundleDigest } from "@polyglot/contracts";

export interface BundleLimits {
  readonly maxBundles: number;
  /** Of all bundles together, as the sizes of their files. */
  readonly maxBytes: number;
}

export const defaultBundleLimits: BundleLimits = { maxBundles: 1_000, maxBytes: 10 * 1024 ** 3 };

export interface UnpackedBundle {
  readonly digest: BundleDigest;
  readonly bytes: number;
  /** Order of the last uses: the lowest was used the longest ago. */
  readonly lastUse: number;
  /** A worker, a call or a registered pipeline needs it. */
  readonly isNeeded: boolean;
}

/** The least recently used ones beyond the limits, and never one that is needed: those may be more than the limits say. */
export function bundlesToRemove(bundles: readonly UnpackedBundle[], limits: BundleLimits): BundleDigest[] {
  let count = bundles.length;
  let bytes = bundles.reduce((sum, bundle) => sum + bundle.bytes, 0);
  const removed: BundleDigest[] = [];
  for (const bundle of bundles.filter(({ isNeeded }) => !isNeeded).sort((a, b) => a.lastUse - b.lastUse)) {
    if (count <= limits.maxBundles && bytes <= limits.maxBytes) break;
    count -= 1;
    bytes -= bundle.bytes;
    removed.push(bundle.digest);
  }
  return removed;
}
