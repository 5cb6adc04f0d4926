/** Named limits of the library's database calls. What a result may hold in bytes is a limit of all contained names. */
export const databaseLimits = {
  /** A name resolved, a connection made and signed in. */
  connectTimeoutMs: 10_000,
  /** One statement, where the call names no time of its own. */
  statementTimeoutMs: 300_000,
  /** A statement that is told to stop has that long before its connection is given up. */
  cancelGraceMs: 2_000,
  /** Open connections to one URL, of all executions of a namespace together. */
  connectionsPerUrl: 10,
  /** URLs with open connections at once. */
  urls: 100,
  /** How long a call waits for one of the connections. */
  connectionWaitMs: 30_000,
  /** An unused connection is kept for that long. */
  keepIdleMs: 30_000,
  /** Rows that one query gives. */
  maxRows: 100_000,
  /** How long SQLite waits for another process that has locked the file. */
  sqliteBusyMs: 5_000,
} as const;
