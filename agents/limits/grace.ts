/** An abort whose reason is `{ graceMs }` says how long the work may take to end by itself. */
export function graceOf(signal: AbortSignal, defaultMs: number): number {
  const reason: unknown = signal.reason;
  const given = typeof reason === "object" && reason !== null && "graceMs" in reason ? reason.graceMs : undefined;
  return typeof given === "number" && given >= 0 ? given : defaultMs;
}
