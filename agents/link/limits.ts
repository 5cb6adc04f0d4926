/** What one agent keeps and sends at most. */
export const limits = {
  /** Log lines that wait for one controller; beyond it the oldest are dropped, and a line says how many. */
  logLines: 20_000,
  /** Bytes of text in those lines. */
  logBytes: 16 * 1024 * 1024,
  /** Metrics samples that wait for one controller; beyond it the oldest are dropped. */
  metricsSamples: 20_000,
  /** Items of one kind in one message. */
  itemsPerMessage: 2_000,
  /** Bytes of outputs, or of log text, in one message; a single item may be larger. */
  bytesPerMessage: 4 * 1024 * 1024,
  /** Bytes of one bundle. */
  bundleBytes: 512 * 1024 * 1024,
  /** Milliseconds for the answer to one call of a running attempt, before it is sent again. */
  callMs: 10_000,
  /** Plans kept in memory, and on disk. */
  plansInMemory: 2_000,
  plansOnDisk: 5_000,
  /**
   * First and longest wait before a stream is opened again. The longest is far below the time after which an agent that
   * could not renew its lease kills its work, so that a controller that restarts costs nobody an attempt.
   */
  reconnectBaseMs: 100,
  reconnectMaxMs: 1_500,
} as const;
