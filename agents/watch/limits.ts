export const limits = {
  /** A file counts when its size and time have not changed for so long. */
  settleMs: 200,
  /** The longest time between two looks at everything that is watched. */
  rescanMs: 30_000,
  /** How long the system may take to watch a folder before other watches go on. */
  readyMs: 10_000,
  /** Files looked at side by side. */
  concurrentStats: 64,
  /** Occurrences that wait for their commit; beyond it no new ones are made until the next look at everything. */
  waitingOccurrences: 100_000,
} as const;
