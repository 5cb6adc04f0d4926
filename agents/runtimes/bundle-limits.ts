/** How many bundles stay unpacked on a host. */
export interface BundleLimits {
  readonly maxBundles: number;
  /** Of all bundles together, as the sizes of their files. */
  readonly maxBytes: number;
}

export const defaultBundleLimits: BundleLimits = { maxBundles: 1_000, maxBytes: 10 * 1024 ** 3 };
