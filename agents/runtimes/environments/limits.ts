/** What environments may cost a host. */
export const environmentLimits = {
  /** Of one try to build one. Milliseconds. */
  buildMs: 15 * 60_000,
  /** Of one environment while it is built, what the package client keeps beside it included. */
  buildBytes: 4 * 1024 ** 3,
  /** Pauses before a build that could not reach its index is tried again. Milliseconds. */
  pausesMs: [5_000, 15_000, 60_000],
  /** Of looking up all functions of one environment. Milliseconds. */
  checkMs: 120_000,
  /** Requirements files that name each other. */
  files: 64,
  /** Functions of one environment that one look-up asks for. */
  functions: 2_000,
} as const;

export interface EnvironmentLimits {
  readonly maxEnvironments: number;
  /** Of all environments together, as the sizes of their files. */
  readonly maxBytes: number;
}

export const defaultEnvironmentLimits: EnvironmentLimits = { maxEnvironments: 200, maxBytes: 20 * 1024 ** 3 };
