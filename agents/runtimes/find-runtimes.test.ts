import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findRuntimes } from "./find-runtimes.ts";
import type { Language } from "./language.ts";
import { node } from "./node/node.ts";
import { python } from "./python/python.ts";

const user = { setpriv: [] };
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "polyglot-home-"));
});
afterEach(() => rm(home, { recursive: true }));

async function program(path: string, script: string): Promise<string> {
  const file = join(home, path);
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

const places = () => ({ searchPath: "", home, environment: {} });
const inHome = (found: Awaited<ReturnType<typeof findRuntimes>>) =>
  found.map((checked) => checked.found).filter((runtime) => runtime.path.startsWith(home));

/** The real interpreters of this host, as a version manager has them: `node_modules`' Node and the first usable Python. */
async function realProgram(language: Language): Promise<string> {
  const searchPath = process.env["PATH"] ?? "";
  const found = await findRuntimes(language, { ...places(), searchPath }, [], user);
  const usable = found.find((checked) => checked.found.usable)?.found.path;
  if (usable === undefined) throw new Error(`this host has no usable ${language.title}`);
  return usable;
}

async function link(path: string, target: string): Promise<string> {
  const file = join(home, path);
  await mkdir(dirname(file), { recursive: true });
  await symlink(target, file);
  return file;
}

describe.each([
  ["pyenv", python, ".pyenv/versions/3.11.7/bin/python3", {}],
  ["pyenv with PYENV_ROOT", python, "tools/pyenv/versions/3.11.7/bin/python3", { PYENV_ROOT: "tools/pyenv" }],
  ["uv", python, ".local/share/uv/python/cpython-3.12.3-linux-x86_64-gnu/bin/python3", {}],
  ["uv with its own folder", python, "uv/cpython-3.12.3-linux/bin/python3", { UV_PYTHON_INSTALL_DIR: "uv" }],
  ["asdf (Python)", python, ".asdf/installs/python/3.10.4/bin/python3", {}],
  ["asdf with its own folder", python, "asdf/installs/python/3.10.4/bin/python3", { ASDF_DATA_DIR: "asdf" }],
  ["PATH (Python)", python, "opt/bin/python3.12", {}],
  ["nvm", node, ".nvm/versions/node/v22.1.0/bin/node", {}],
  ["nvm with NVM_DIR", node, "tools/nvm/versions/node/v22.1.0/bin/node", { NVM_DIR: "tools/nvm" }],
  ["fnm", node, ".local/share/fnm/node-versions/v18.2.0/installation/bin/node", {}],
  ["fnm with FNM_DIR", node, "fnm/node-versions/v18.2.0/installation/bin/node", { FNM_DIR: "fnm" }],
  ["volta", node, ".volta/tools/image/node/20.0.0/bin/node", {}],
  ["asdf (Node.js)", node, ".asdf/installs/nodejs/20.4.0/bin/node", {}],
  ["PATH (Node.js)", node, "opt/bin/node", {}],
] as const)("a real interpreter of %s", (_manager, language, path, folders) => {
  it("is found where it lies in the home, and usable", async () => {
    const real = await realProgram(language);
    const linked = await link(path, real);
    const environment = Object.fromEntries(Object.entries(folders).map(([name, folder]) => [name, join(home, folder)]));
    const there = { home, environment, searchPath: join(home, "opt", "bin") };
    expect(await language.candidates(there)).toContain(linked);
    const found = await findRuntimes(language, there, [], user);
    const { usable } = found.find((checked) => checked.found.path === real)?.found ?? {};
    expect(usable).toBe(true);
  });
});

it("a named runtime comes before newer ones that are found, keeps its path, and is there once", async () => {
  const real = await realProgram(python);
  const named = await link("venv/bin/python", real);
  await program(".pyenv/versions/9.9.9/bin/python3", `echo '{"version":"9.9.9","problem":null}'`);
  const found = await findRuntimes(python, places(), [named], user);
  expect(found[0]?.found).toMatchObject({ path: named, usable: true });
  const paths = await Promise.all(found.map((checked) => realpath(checked.found.path)));
  expect(paths.filter((path) => path === real)).toHaveLength(1);
});

it("a named runtime that is not there, or is another program, is reported", async () => {
  const other = await program("bin/other", "echo hello");
  const found = await findRuntimes(python, places(), [join(home, "none"), other], user);
  expect(found.slice(0, 2).map(({ found: { usable, problem } }) => ({ usable, problem }))).toEqual([
    { usable: false, problem: expect.stringContaining("ENOENT") as string },
    { usable: false, problem: "it does not answer as Python does" },
  ]);
});

it("the versions of pyenv, uv and asdf are found, newest first", async () => {
  const answer = (version: string) => `echo '{"version":"${version}","problem":null}'`;
  await program(".pyenv/versions/3.11.9/bin/python3", answer("3.11.9"));
  await program(".local/share/uv/python/cpython-3.12.3-linux/bin/python3", answer("3.12.3"));
  await program(".asdf/installs/python/3.10.4/bin/python3", answer("3.10.4"));
  const found = inHome(await findRuntimes(python, places(), [], user));
  expect(found.map((runtime) => runtime.version)).toEqual(["3.12.3", "3.11.9", "3.10.4"]);
  expect(found.every((runtime) => runtime.usable)).toBe(true);
});

it("the versions of nvm, fnm and volta are found", async () => {
  const answer = (version: string) => `echo '{"version":"${version}","problem":null}'`;
  await program(".nvm/versions/node/v22.1.0/bin/node", answer("22.1.0"));
  await program(".local/share/fnm/node-versions/v18.2.0/installation/bin/node", answer("18.2.0"));
  await program(".volta/tools/image/node/16.0.0/bin/node", answer("16.0.0"));
  const found = inHome(await findRuntimes(node, places(), [], user));
  expect(found.map(({ version, usable, problem }) => ({ version, usable, problem }))).toEqual([
    { version: "22.1.0", usable: true, problem: undefined },
    { version: "18.2.0", usable: true, problem: undefined },
    { version: "16.0.0", usable: false, problem: "older than 18" },
  ]);
});

it("a runtime that cannot run is reported with what it said, and not used", async () => {
  const path = await program("broken/python3", "echo 'libpython3.11.so: cannot open' >&2; exit 127");
  const [found] = inHome(await findRuntimes(python, places(), [path], user));
  expect(found).toEqual({
    name: "python",
    version: "0",
    path,
    usable: false,
    problem: "libpython3.11.so: cannot open",
  });
});

it("the Node that runs the agent is always there", async () => {
  const found = await findRuntimes(node, places(), [], user);
  expect(found.map((checked) => checked.found.version)).toContain(process.versions.node);
});

it("a Python that mixes the files of two installations is not used", async () => {
  const [real] = await findRuntimes(python, { ...places(), searchPath: process.env["PATH"] ?? "" }, [], user);
  const path = await program(
    "bin/python3",
    `exec ${real?.found.path} -c 'import sys; sys.executable = "${home}/bin/python3"; exec(sys.argv.pop())' "$4"`,
  );
  const [found] = inHome(await findRuntimes(python, places(), [path], user));
  expect(found?.problem).toMatch(/^it mixes /);
});
