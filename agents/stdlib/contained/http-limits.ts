/** Named limits of the library's HTTP calls. */
export const httpLimits = {
  /** A name resolved, a connection made, its TLS agreed upon. */
  connectTimeoutMs: 10_000,
  /** A whole call, redirects and the response's body included, where it names no time of its own. */
  timeoutMs: 60_000,
  /** JSON that is read as a value: reading it holds up the other calls of the namespace. */
  maxJsonBytes: 16 * 2 ** 20,
  /** All headers of one response. */
  maxHeaderBytes: 64 * 2 ** 10,
  maxRedirects: 10,
  /** Codings that one response may be wrapped in. */
  maxCodings: 3,
  /** Kept connections of one client to one origin. */
  connectionsPerOrigin: 32,
  /** An unused connection is kept for that long. */
  keepAliveMs: 10_000,
} as const;
