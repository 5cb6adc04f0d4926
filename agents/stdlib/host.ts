/** `|U.System.`: load of the agent's host, as its last heartbeat has it. Bytes are told in MB of 2^20 bytes. */
import { statfs } from "node:fs/promises";
import { availableParallelism, networkInterfaces, platform } from "node:os";
import { canonicalFloat } from "../convert/numbers.ts";
import { define, type Given, Refused } from "./given.ts";
import type { HostLoad, LibraryFunction } from "./library-function.ts";

const megabyte = 2 ** 20;

type Functions = Readonly<Record<string, LibraryFunction>>;

const measure = (of: (load: HostLoad) => number): LibraryFunction =>
  define("", ({ context }) => canonicalFloat(of(context.host())));

const memoryPercent = (load: HostLoad): number =>
  load.memoryTotalBytes === 0 ? 0 : (load.memoryUsedBytes / load.memoryTotalBytes) * 100;

const compare = (name: string, of: (load: HostLoad) => number): Functions => ({
  [`U.System.Resource.${name}.Above`]: define("percent", (given) => of(given.context.host()) > given.float("percent")),
  [`U.System.Resource.${name}.Below`]: define("percent", (given) => of(given.context.host()) < given.float("percent")),
});

interface Space {
  readonly total: number;
  /** For users other than root. */
  readonly left: number;
}

const root = "/";

/** Of the space, in percent, that users other than root have left on the host's own disk. */
export async function leftPercent(): Promise<number> {
  const { total, left } = await spaceAt(root);
  return (left / total) * 100;
}

const spaceOf = (given: Given): Promise<Space> => spaceAt(given.has("path") ? given.text("path") : root);

async function spaceAt(path: string): Promise<Space> {
  try {
    const { blocks, bavail, bsize } = await statfs(path);
    return { total: (blocks * bsize) / megabyte, left: (bavail * bsize) / megabyte };
  } catch (cause) {
    throw new Refused("FileError", `the disk of '${path}' cannot be asked: ${(cause as Error).message}`);
  }
}

const space = (of: (space: Space) => number): LibraryFunction =>
  define("path", async (given) => canonicalFloat(of(await spaceOf(given))));

/** The first address that other hosts may know; the loopback one where there is no other. */
function address(): string {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.find(({ internal, family }) => !internal && family === "IPv4")?.address ?? "127.0.0.1";
}

const systems: Readonly<Record<string, string>> = { linux: "Linux", darwin: "macOS", win32: "Windows" };

export const host: Functions = {
  "U.System.Resource.Cpu.Get.Usage": measure((load) => (load.cpuPercent / 100) * availableParallelism()),
  "U.System.Resource.Cpu.Get.UsagePercentage": measure((load) => load.cpuPercent),
  "U.System.Resource.Memory.Get.Usage": measure((load) => load.memoryUsedBytes / megabyte),
  "U.System.Resource.Memory.Get.UsagePercentage": measure(memoryPercent),
  "U.System.Resource.Disk.Get.Space.Total": space(({ total }) => total),
  "U.System.Resource.Disk.Get.Space.Left": space(({ left }) => left),
  "U.System.Resource.Disk.Get.Space.LeftPercentage": space(({ total, left }) => (left / total) * 100),
  "U.System.Resource.Disk.Get.Space.Used": space(({ total, left }) => total - left),
  "U.System.Resource.Disk.Get.Space.UsedPercentage": space(({ total, left }) => ((total - left) / total) * 100),
  "U.System.Get.Network.IP": define("", address),
  "U.System.Get.Network.DownloadRate": measure((load) => load.receivedBytesPerSecond),
  "U.System.Get.Network.UploadRate": measure((load) => load.sentBytesPerSecond),
  "U.System.OperatingSystem.Get": define("", () => systems[platform()] ?? platform()),
  ...compare("Cpu", (load) => load.cpuPercent),
  ...compare("Memory", memoryPercent),
};
