/** An OpenSSH server of the test's own: of this machine where it has one, else from Debian's package, fetched once. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface SshServer {
  /** `ssh://user@host:port`; the path of a repository on this machine follows. */
  readonly url: string;
  /** A private key that is let in, and one that is not. */
  readonly key: string;
  readonly strangersKey: string;
  /** Line of a known_hosts file. */
  readonly knownHost: string;
  stop(): Promise<void>;
}

const installed = "/usr/sbin/sshd";
const cache = fileURLToPath(new URL("../../node_modules/.cache/polyglot-sshd", import.meta.url));
const isRoot = process.getuid?.() === 0;

/** Whether one can be had and run: as root it wants a user and a folder, which it is given in a mount namespace. */
export const canHaveSshServer =
  spawnSync("ssh", ["-V"], { stdio: "ignore" }).error === undefined &&
  (existsSync(installed) || existsSync(join(cache, "sshd")) || isThere("apt-get")) &&
  (!isRoot || spawnSync("unshare", ["--mount", "true"], { stdio: "ignore" }).status === 0);

export async function startSshServer(): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), "polyglot-sshd-"));
  const port = await freePort();
  for (const name of ["host", "user", "stranger"]) {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", join(folder, name)]);
  }
  writeFileSync(join(folder, "configuration"), configuration(folder, port));
  const server = spawn("/bin/sh", ["-c", isRoot ? inNamespace(folder) : command(folder)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exit = once(server, "exit");
  for await (const line of createInterface({ input: server.stderr })) if (line.includes("Server listening")) break;
  server.stderr.resume();
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  return {
    url: `ssh://${userInfo().username}@127.0.0.1:${port}`,
    key: read("user"),
    strangersKey: read("stranger"),
    knownHost: `[127.0.0.1]:${port} ${read("host.pub").trim()}`,
    stop: async () => {
      server.kill("SIGKILL");
      await exit;
      rmSync(folder, { recursive: true });
    },
  };
}

const configuration = (folder: string, port: number): string => `Port ${port}
ListenAddress 127.0.0.1
HostKey ${join(folder, "host")}
AuthorizedKeysFile ${join(folder, "user.pub")}
StrictModes no
UsePAM no
PidFile none
`;

const command = (folder: string): string => `exec ${findServer()} -D -e -f ${join(folder, "configuration")}`;

function inNamespace(folder: string): string {
  const passwd = join(folder, "passwd");
  const users = readFileSync("/etc/passwd", "utf8");
  writeFileSync(passwd, /^sshd:/m.test(users) ? users : `${users}sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin\n`);
  const prepare = `mount --bind ${passwd} /etc/passwd && mount -t tmpfs tmpfs /run && mkdir /run/sshd`;
  return `exec unshare --mount sh -c '${prepare} && ${command(folder)}'`;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

function isThere(program: string): boolean {
  return spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined;
}

function findServer(): string {
  if (existsSync(installed)) return installed;
  const kept = join(cache, "sshd");
  if (!existsSync(kept)) fetchServer(kept);
  return kept;
}

/** Nothing is installed: the program is taken out of the package. */
function fetchServer(kept: string): void {
  const folder = mkdtempSync(join(tmpdir(), "polyglot-sshd-package-"));
  chmodSync(folder, 0o777);
  if (!download(folder, [])) {
    // Lists of packages of the test's own: the machine's are its administrator's.
    mkdirSync(join(folder, "lists", "partial"), { recursive: true });
    const lists = ["-o", `Dir::State::Lists=${join(folder, "lists")}`];
    execFileSync("apt-get", [...lists, "update"], { stdio: "ignore" });
    if (!download(folder, lists)) throw new Error("apt-get knows no package openssh-server");
  }
  const [file = ""] = readdirSync(folder).filter((name) => name.endsWith(".deb"));
  execFileSync("dpkg-deb", ["--extract", join(folder, file), join(folder, "package")]);
  mkdirSync(cache, { recursive: true });
  copyFileSync(join(folder, "package", installed), `${kept}.${process.pid}`);
  renameSync(`${kept}.${process.pid}`, kept);
  rmSync(folder, { recursive: true, force: true });
}

const download = (folder: string, options: readonly string[]): boolean =>
  spawnSync("apt-get", [...options, "download", "openssh-server"], { cwd: folder, stdio: "ignore" }).status === 0;
