/** What modules of compiled languages may cost a host. */
export const moduleLimits = {
  /** Of one module while it is built, with all that its tools keep beside it. Bytes. */
  buildBytes: 4 * 1024 ** 3,
  /** Of all downloaded packages that are kept together, and of one. Bytes. */
  downloadsBytes: 2 * 1024 ** 3,
  downloadBytes: 256 * 1024 ** 2,
  /** Pauses before a build that could not reach its registry is tried again. Milliseconds. */
  pausesMs: [5_000, 15_000, 60_000],
  /** Until then a build that failed is not tried again: what the host lacks may come. Milliseconds. */
  failureKeptMs: 60_000,
  /** Failures remembered; the oldest go first. */
  failures: 1_000,
  /** Of what a compiler says in a failure. */
  saidLines: 20,
  /** How often it is said how far a build is. Milliseconds. */
  progressMs: 2_000,
} as const;

export interface BuildLimits {
  readonly maxBuilds: number;
  /** Of all builds together, as the sizes of their files. */
  readonly maxBytes: number;
}

export const defaultBuildLimits: BuildLimits = { maxBuilds: 1_000, maxBytes: 10 * 1024 ** 3 };
