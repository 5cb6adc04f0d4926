#!/usr/bin/env node
// The command itself. Plain JavaScript, so that an old Node reads it and hands over to the one that npm installed.
import { spawnSync } from "node:child_process";
import module, { createRequire } from "node:module";
import { dirname, join } from "node:path";

const oldest = 22;

if (Number.parseInt(process.versions.node, 10) >= oldest) {
  // Compiled code is kept between runs: a fifth of the time that a short command takes.
  module.enableCompileCache?.();
  const { main } = await import("./dist/main.js");
  await main(import.meta.url);
} else {
  process.exitCode = runWithOwnNode();
}

function runWithOwnNode() {
  try {
    const node = join(dirname(createRequire(import.meta.url).resolve("node/package.json")), "bin", "node");
    return (
      spawnSync(node, [import.meta.filename ?? process.argv[1], ...process.argv.slice(2)], { stdio: "inherit" })
        .status ?? 1
    );
  } catch {
    console.error(`polyglot needs Node.js ${oldest} or newer, this is ${process.versions.node}`);
    return 1;
  }
}
