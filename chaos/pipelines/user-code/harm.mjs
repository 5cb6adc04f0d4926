import { execFileSync } from "node:child_process";

export const echo = (key) => key;

export function crash(how) {
  if (how === "segfault") execFileSync("kill", ["-SEGV", String(process.pid)]);
  if (how === "abort") process.abort();
  if (how === "stack") return deeper(0);
  if (how === "memory") fillMemory();
  process.exit(9);
}

const deeper = (depth) => deeper(depth + 1) + 1;

function fillMemory() {
  const held = [];
  for (;;) held.push(new Array(1_000_000).fill(held.length));
}
