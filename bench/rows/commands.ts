import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createPipelineText } from "./program-text.ts";

const runs = 7;
const command = join(dirname(createRequire(import.meta.url).resolve("@polyglot/cli/package.json")), "polyglot.mjs");

/** Milliseconds from the start of a process to its end, median. `node`: an empty program, the peer. */
export function commandTimes(): { readonly node: number; readonly help: number; readonly validate: number } {
  const folder = mkdtempSync(join(tmpdir(), "polyglot-bench-commands-"));
  try {
    const file = join(folder, "one.pg");
    writeFileSync(
      join(folder, "text.py"),
      "def upper(text, times=1):\n    return text\n\n\ndef count(text):\n    return 1\n",
    );
    writeFileSync(file, `[@] bench>One\n[D] @Text << py"./text.py"\n[X]\n${createPipelineText("One")}`);
    return {
      node: median(["-e", "0"]),
      help: median([command, "--help"]),
      validate: median([command, "validate", file]),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function median(args: readonly string[]): number {
  const taken = Array.from({ length: runs }, () => {
    const startedAt = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}`);
    return performance.now() - startedAt;
  });
  return taken.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? 0;
}
