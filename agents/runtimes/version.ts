/** Versions of runtimes: numbers joined by dots. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether `version` is one that `wanted` asks for: `3.11` takes 3.11.7 and not 3.1 or 3.110. */
export function isVersionOf(version: string, wanted: string): boolean {
  const [has, asks] = [numbersOf(version), numbersOf(wanted)];
  return asks.every((number, index) => has[index] === number);
}

const numbersOf = (version: string): number[] => version.split(".").map((part) => Number.parseInt(part, 10));
