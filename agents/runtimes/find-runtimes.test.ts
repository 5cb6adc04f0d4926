import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findRuntimes } from "./find-runtimes.ts";
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
