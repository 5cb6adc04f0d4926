import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, hostname } from "node:os";
import { join } from "node:path";
import { type BundleDigest, parseBundleDigest } from "@polyglot/contracts";
import type { AgentFacts } from "../link/link-parts.ts";
import type { HostRuntimes } from "../runtimes/host-runtimes.ts";
import type { AgentFlags } from "./flags.ts";

const { version } = createRequire(import.meta.url)("@polyglot/agents/package.json") as { version: string };

/** What the agent says of itself when a stream opens. */
export function describeAgent(
  { labels, dataDir }: Pick<AgentFlags, "labels" | "dataDir">,
  runtimes: Pick<HostRuntimes, "found" | "containment">,
  planDigests: readonly string[],
): AgentFacts {
  const { containment } = runtimes;
  return {
    host: hostname(),
    labels,
    runtimes: runtimes.found().map(({ problem = "", ...runtime }) => ({ ...runtime, problem })),
    planDigests,
    bundleDigests: unpackedBundles(dataDir),
    containment: {
      level: containment?.level ?? "weak",
      layers: [...(containment?.layers ?? []), ...(containment?.further ?? [])],
      missing: containment?.missing.map(({ layer, reason }) => `${layer}: ${reason}`) ?? [],
    },
    version,
    cores: availableParallelism(),
  };
}

function unpackedBundles(dataDir: string): BundleDigest[] {
  const folder = join(dataDir, "bundles");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.map((name) => parseBundleDigest(`sha256:${name}`)).filter((digest) => digest !== undefined);
}
