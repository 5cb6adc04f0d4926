import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { systemClock } from "@polyglot/service";
import { expect, it } from "vitest";
import { processesNamed } from "./testing/processes-named.ts";

const program = fileURLToPath(new URL("./testing/agent-to-kill.ts", import.meta.url));

it.each(["python", "node"])(
  "no process of a %s worker outlives an agent that is killed with SIGKILL",
  async (runtime) => {
    const token = randomUUID();
    const agent = spawn(process.execPath, [program, runtime, token], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(agent.stdout, "data")) as [Buffer];
    const dataFolder = line.toString().trim().split(" in ")[1] ?? "";
    const left = () => Promise.all([processesNamed(token), processesNamed(dataFolder)]).then((pids) => pids.flat());
    // The agent itself bears the token, the worker its bundle's folder, and the daemon that user code started the token.
    expect((await left()).length).toBeGreaterThanOrEqual(3);

    agent.kill("SIGKILL");
    await once(agent, "exit");
    while ((await left()).length > 0) await systemClock.sleep(5);

    expect(await left()).toEqual([]);
    await rm(dataFolder, { recursive: true, force: true });
  },
);
