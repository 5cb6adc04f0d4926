/** `agent runtimes`: what an agent on this host would find, without a controller and beside an agent that runs. */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, silentLogger } from "@polyglot/service";
import type { ContainmentReport } from "../limits/containment.ts";
import { BundleFolders } from "../runtimes/bundle-folder.ts";
import { HostRuntimes } from "../runtimes/host-runtimes.ts";
import type { FoundRuntime } from "../runtimes/native-call.ts";
import type { ConfiguredRuntimes } from "../runtimes/find-runtimes.ts";

export interface Survey {
  readonly runtimes: readonly FoundRuntime[];
  readonly containment: ContainmentReport | undefined;
  /** Sentences on what steps in some language would miss here. */
  readonly lacks: readonly string[];
}

export interface SurveySurroundings {
  readonly configured: ConfiguredRuntimes;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly userId: number | undefined;
}

/** In a folder of its own: starting in an agent's own one would clear the work of that agent. */
export async function surveyHost({
  configured,
  clock,
  environment,
  home,
  userId,
}: SurveySurroundings): Promise<Survey> {
  const dataFolder = await mkdtemp(join(tmpdir(), "polyglot-survey-"));
  await chmod(dataFolder, 0o711);
  const runtimes = new HostRuntimes({
    bundles: new BundleFolders(() => Promise.reject(new Error("a survey has no bundles")), dataFolder),
    dataFolder,
    dataRoots: [],
    configured,
    environment,
    home,
    searchPath: environment["PATH"] ?? "",
    userId,
    cores: availableParallelism(),
    clock,
    logger: silentLogger,
  });
  try {
    await runtimes.start();
    return { runtimes: runtimes.found(), containment: runtimes.containment, lacks: await runtimes.lacks() };
  } finally {
    await runtimes.stop();
    await rm(dataFolder, { recursive: true, force: true });
  }
}
