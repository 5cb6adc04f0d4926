/**
 * An agent's runtimes in a process of their own, to be killed by a test: calls the function that leaves a daemon behind
 * and never returns nor hears anything, in the language given, and says `hanging` when it does.
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mkdtemp } from "node:fs/promises";
import { silentLogger, systemClock } from "@polyglot/service";
import { BundleFolders } from "../bundle-folder.ts";
import { HostRuntimes } from "../host-runtimes.ts";
import { conformanceBundle } from "./conformance-bundle.ts";

const [runtime, token = ""] = process.argv.slice(2);
const isPython = runtime === "python";
const bundle = await conformanceBundle(isPython ? "python" : "node");
const dataFolder = await mkdtemp(join(tmpdir(), "polyglot-agent-to-kill-"));
const host = new HostRuntimes({
  bundles: new BundleFolders(async () => bundle.archive, dataFolder),
  dataFolder,
  dataRoots: [],
  searchPath: process.env["PATH"] ?? "",
  home: "/nonexistent",
  environment: {},
  userId: process.getuid?.(),
  cores: 1,
  clock: systemClock,
  logger: silentLogger,
});
await host.start();
await host.call(
  {
    executionId: "execution",
    attemptNo: 1,
    node: "step",
    namespace: "test",
    target: {
      kind: "native",
      lang: isPython ? "py" : "js",
      origin: "bundle",
      path: isPython ? "lib/functions.py" : "lib/functions.mjs",
      function: "hang_hard",
      bundle_digest: bundle.digest,
    },
    arguments: [{ value: token, to: isPython ? "py\\str" : "js\\string" }],
    results: [],
  },
  {
    signal: new AbortController().signal,
    onLog: (line) => process.stdout.write(`${line.text} in ${dataFolder}\n`),
  },
);
