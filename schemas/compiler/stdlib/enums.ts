/** Enumerations of the standard library. `#Queue` is open: files add members to it. */
export const libraryEnums: ReadonlyMap<string, readonly string[]> = new Map([
  ["Queue", ["Default"]],
  ["RetryStrategy", ["Immediate", "Fixed", "Linear", "Exponential"]],
]);
