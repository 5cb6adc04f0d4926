/** The runtimes of this host as an agent with a data folder of its own has them. */
import { availableParallelism, homedir } from "node:os";
import type { BundleDigest } from "@polyglot/contracts";
import { silentLogger, systemClock } from "@polyglot/service";
import { BundleFolders } from "../bundle-folder.ts";
import { HostRuntimes } from "../host-runtimes.ts";

type Options = ConstructorParameters<typeof HostRuntimes>[0];

export const testHost = (
  folder: string,
  fetchBundle: (digest: BundleDigest) => Promise<Uint8Array>,
  others: Partial<Options> = {},
): HostRuntimes =>
  new HostRuntimes({
    searchPath: process.env["PATH"] ?? "",
    home: homedir(),
    environment: process.env,
    bundles: new BundleFolders(fetchBundle, folder),
    dataFolder: folder,
    dataRoots: [],
    userId: process.getuid?.(),
    cores: availableParallelism(),
    clock: systemClock,
    logger: silentLogger,
    ...others,
  });
