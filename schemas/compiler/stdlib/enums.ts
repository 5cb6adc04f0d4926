/** Enumerations of the standard library. `#Queue` is open: files add members to it. */
export const libraryEnums: ReadonlyMap<string, readonly string[]> = new Map([
  ["Queue", ["Default"]],
  ["QueueType", ["FIFO", "LIFO", "Priority", "Deadline"]],
  ["RetryStrategy", ["Immediate", "Fixed", "Linear", "Exponential"]],
  ["KillStrategy", ["Graceful", "Immediate", "CustomHandler", "Degrade"]],
  ["LogLevel", ["Debug", "Info", "Warning", "Error", "Critical"]],
]);
