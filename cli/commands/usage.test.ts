import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { createFolder, polyglotCommand, session } from "./session.fixture.ts";

test("a wrong command or kind is answered with the nearest right one, code 2", async () => {
  expect(await session(createFolder(), "validat .", "get excutions")).toBe(`\
$ polyglot validat .
! there is no command 'validat'; did you mean 'validate'?
(2)
$ polyglot get excutions
! there is no kind 'excutions': it is one of pipelines, executions, queues, agents, triggers, schedules, calendars, alerts, activations, repositories, deadletters, artifacts, secrets; did you mean 'executions'?
(2)`);
});

test("a wrong flag is wrong usage", async () => {
  const { code, stdout, stderr } = await polyglotCommand(createFolder(), ["get", "queues", "--nope"]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("Nonexistent flag: --nope");
});

test("without a controller a command says where it looked, code 3", async () => {
  const folder = createFolder();
  const { code, stderr } = await polyglotCommand(folder, ["get", "queues"]);
  expect(code).toBe(3);
  expect(stderr).toContain(`in ${folder} and above, and in ${folder}/.config/polyglot/config.yaml`);
});

test("a controller that does not answer is named with where its address came from, code 3", async () => {
  const endpoint = { url: "https://127.0.0.1:1", ca: "", token: "secret", pid: 1 };
  const folder = createFolder({ ".polyglot/endpoint.json": JSON.stringify(endpoint), "below/here/file": "" });
  const { code, stderr } = await polyglotCommand(`${folder}/below/here`, ["get", "queues"]);
  expect(code).toBe(3);
  expect(stderr).toBe(
    `nothing listens there: is the controller running? (https://127.0.0.1:1, from ${folder}/.polyglot/endpoint.json)\n`,
  );
});

test("a context of the configuration is taken by name, and an unknown one is answered with those there are", async () => {
  const config = "current: a\ncontexts:\n  a: { url: 'https://127.0.0.1:1', token: x }\n";
  const folder = createFolder({ ".config/polyglot/config.yaml": config });
  expect(await session(folder, "get queues", "get queues --context b")).toBe(`\
$ polyglot get queues
! nothing listens there: is the controller running? (https://127.0.0.1:1, from context a)
(3)
$ polyglot get queues --context b
! no context 'b' with url and token in ${folder}/.config/polyglot/config.yaml (there: a)
(2)`);
});

test("controller and agent get every word of theirs, and their answer is the command's", async () => {
  const folder = createFolder();
  const controller = await polyglotCommand(folder, ["controller", "--listen", "127.0.0.1:0"]);
  expect(controller).toMatchObject({ code: 2, stdout: "" });
  expect(controller.stderr).toContain("--database-url or DATABASE_URL");
  const agent = await polyglotCommand(folder, ["agent", "--capacity", "3"]);
  expect(agent.code).toBe(2);
  expect(agent.stderr).toContain("--controller is missing");
});

test("the runtimes of this host are shown without a controller, the named ones first", async () => {
  const folder = createFolder();
  const { code, stdout } = await polyglotCommand(folder, ["agent", "runtimes", "--node", "none", "-o", "json"]);
  const found = JSON.parse(stdout) as { name: string; path: string; usable: boolean; problem: string }[];
  expect(code).toBe(0);
  expect(found.find(({ name }) => name === "node")).toMatchObject({ path: `${folder}/none`, usable: false });
  expect(found.filter(({ usable }) => usable).map(({ name }) => name)).toEqual(
    expect.arrayContaining(["python", "node"]),
  );
  const names = await polyglotCommand(folder, ["agent", "runtimes", "-o", "name"]);
  expect(names.stdout.trim().split("\n")).toContain(process.execPath);
});

test("the list of commands loads neither messages, nor schemas, nor the compiler: help is read at once", () => {
  const loaded = `
    const { registerHooks } = await import("node:module");
    const heavy = new Set();
    registerHooks({ load: (url, context, next) => {
      const found = /@bufbuild|zod|@connectrpc|schemas.compiler/.exec(url);
      if (found !== null) heavy.add(found[0]);
      return next(url, context);
    } });
    await import(${JSON.stringify(new URL("../dist/commands/index.js", import.meta.url).href)});
    console.log([...heavy].join());`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", loaded], { encoding: "utf8" });
  expect({ stdout, stderr }).toEqual({ stdout: "\n", stderr: "" });
});
