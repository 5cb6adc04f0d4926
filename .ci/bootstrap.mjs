// The first script of every npm script that needs the whole tree: `node .ci/bootstrap.mjs [test | FILE] [arguments]`.
// It checks what it stands on, installs, builds, and goes on with the project's own Node. Whatever Node the system has
// runs this file, so it is plain JavaScript for Node 20 without dependencies.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const binaries = join(root, "node_modules", ".bin");
const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
// npm scripts put this folder first as well; started without npm, the project's Node must still be found first.
const env = { ...process.env, PATH: `${binaries}${delimiter}${process.env.PATH ?? ""}` };

const missing = [
  checkNode(),
  checkVersion("npm", ["npm"], [10, 0]),
  checkVersion("git", ["git"], [2, 0]),
  checkPython(),
];
const problems = missing.filter((problem) => problem !== undefined);
if (problems.length > 0) {
  console.error(`polyglot: missing ${problems.join("; ")}`);
  process.exit(1);
}

if (!isInstalled()) await step("npm ci", "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
const node = join(binaries, "node");
await step("tsc -b", node, [join(root, "node_modules", "typescript", "bin", "tsc"), "-b"]);

const [target, ...rest] = process.argv.slice(2);
if (target !== undefined) {
  process.exitCode = await run(node, [join(root, target === "test" ? ".ci/test.ts" : target), ...rest]);
}

function checkNode() {
  const found = process.versions.node;
  return isAtLeast(found, [20, 0]) ? undefined : `Node.js 20 or newer (found ${found})`;
}

/** Python is looked for under each of the names that it is installed as. */
function checkPython() {
  return checkVersion(
    "Python",
    ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"],
    [3, 10],
  );
}

/** Answers what is missing, or undefined when one of the commands is of the wanted version. */
function checkVersion(name, commands, wanted) {
  const found = commands.map(versionOf).filter((version) => version !== undefined);
  if (found.some((version) => isAtLeast(version, wanted))) return undefined;
  return `${name} ${wanted[1] === 0 ? wanted[0] : wanted.join(".")} or newer (found ${found[0] ?? "none"})`;
}

function versionOf(command) {
  const { stdout, status } = spawnSync(command, ["--version"], { encoding: "utf8", cwd: root });
  return status === 0 ? /\d+\.\d+(\.\d+)?/.exec(stdout)?.[0] : undefined;
}

function isAtLeast(version, [major, minor]) {
  const [first = 0, second = 0] = version.split(".").map(Number);
  return first > major || (first === major && second >= minor);
}

/**
 * Whether node_modules holds what package-lock.json names. npm leaves its own record there; times would not do, since a
 * checkout sets them anew. Packages of other platforms are optional and may be absent.
 */
function isInstalled() {
  if (!existsSync(join(binaries, "node"))) return false;
  const wanted = packagesOf(join(root, "package-lock.json"));
  const present = packagesOf(join(root, "node_modules", ".package-lock.json"));
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith("node_modules/")) return true;
    const installed = present[path];
    if (installed === undefined) return entry.optional === true || entry.devOptional === true;
    return installed.version === entry.version && installed.integrity === entry.integrity;
  });
}

function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages ?? {};
  } catch {
    return {};
  }
}

async function step(name, command, args) {
  console.error(`polyglot: ${name}`);
  const code = await run(command, args);
  if (code === 0) return;
  console.error(`polyglot: '${name}' failed with code ${code}`);
  process.exit(1);
}

/** Passes on the signals that ask this process to end, and waits for the child to have ended. */
function run(command, args) {
  const child = spawn(command, args, { cwd: root, stdio: "inherit", env });
  const forward = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, forward);
  return new Promise((resolve) => {
    const end = (code) => {
      for (const signal of signals) process.off(signal, forward);
      resolve(code);
    };
    child.once("error", (error) => {
      console.error(`polyglot: ${command}: ${error.message}`);
      end(1);
    });
    child.once("exit", (code) => end(code ?? 1));
  });
}
