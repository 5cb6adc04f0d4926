/** A VictoriaMetrics of the test's own: of this machine where it has one, else from Debian's package, fetched once. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface VictoriaMetrics {
  readonly url: string;
  stop(): Promise<void>;
}

const program = "victoria-metrics";
const cache = fileURLToPath(new URL("../../node_modules/.cache/polyglot-victoria-metrics", import.meta.url));

/** Whether one can be had: it is there, or there is a package manager that knows it. */
export const canHaveVictoriaMetrics = isThere(program) || isThere(join(cache, program)) || isThere("apt-get");

export async function startVictoriaMetrics(): Promise<VictoriaMetrics> {
  const folder = mkdtempSync(join(tmpdir(), "polyglot-victoria-"));
  const url = `127.0.0.1:${await freePort()}`;
  const server = spawn(findServer(), [`-storageDataPath=${folder}`, `-httpListenAddr=${url}`], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exit = once(server, "exit");
  for await (const line of createInterface({ input: server.stderr })) {
    if (line.includes("pprof handlers are exposed")) break;
  }
  // It goes on being read, or the database would end with its pipe.
  server.stderr.resume();
  return {
    url: `http://${url}`,
    stop: async () => {
      server.kill("SIGKILL");
      await exit;
      rmSync(folder, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

function isThere(command: string): boolean {
  return spawnSync(command, ["--version"], { stdio: "ignore" }).error === undefined;
}

function findServer(): string {
  if (isThere(program)) return program;
  const kept = join(cache, program);
  if (!existsSync(kept)) fetchServer(kept);
  return kept;
}

/** Nothing is installed: the program is taken out of the package, and needs no other one. */
function fetchServer(kept: string): void {
  const folder = mkdtempSync(join(tmpdir(), "polyglot-victoria-package-"));
  chmodSync(folder, 0o777);
  if (!download(folder, [])) {
    // Lists of packages of the test's own: the machine's are its administrator's.
    mkdirSync(join(folder, "lists", "partial"), { recursive: true });
    const lists = ["-o", `Dir::State::Lists=${join(folder, "lists")}`];
    execFileSync("apt-get", [...lists, "update"], { stdio: "ignore" });
    if (!download(folder, lists)) throw new Error(`apt-get knows no package ${program}`);
  }
  const [file = ""] = readdirSync(folder).filter((name) => name.endsWith(".deb"));
  execFileSync("dpkg-deb", ["--extract", join(folder, file), join(folder, "package")]);
  mkdirSync(cache, { recursive: true });
  copyFileSync(join(folder, "package", "usr", "bin", program), `${kept}.${process.pid}`);
  renameSync(`${kept}.${process.pid}`, kept);
  rmSync(folder, { recursive: true, force: true });
}

const download = (folder: string, options: readonly string[]): boolean =>
  spawnSync("apt-get", [...options, "download", program], { cwd: folder, stdio: "ignore" }).status === 0;
