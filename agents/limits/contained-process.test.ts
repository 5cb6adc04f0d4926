import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { systemClock } from "@polyglot/service";
import { describe, expect, it } from "vitest";
import { ContainedProcess, type ContainmentPlan } from "./contained-process.ts";
import { probeHostTools } from "./containment.ts";

const tools = await probeHostTools(process.getuid?.());
const strong: ContainmentPlan = {
  ...(tools.unshare === undefined ? {} : { unshare: tools.unshare }),
  setpriv: tools.setpriv,
  userArguments: [],
};
const plans: [string, ContainmentPlan][] = [
  ["in a pid namespace", strong],
  ["without a pid namespace", { setpriv: tools.setpriv, userArguments: [] }],
  ["without any tool", { setpriv: false, userArguments: [] }],
];

async function processesNamed(text: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return lines.filter((line) => line.includes(text));
}

function start(script: string, plan: ContainmentPlan): ContainedProcess {
  const environment = { PATH: "/usr/local/bin:/usr/bin:/bin" };
  return new ContainedProcess(
    { command: "/bin/sh", arguments: ["-c", script], folder: "/", environment, channels: 1 },
    plan,
    systemClock,
  );
}

async function firstLine(contained: ContainedProcess): Promise<string> {
  const [data] = (await once(contained.stdout, "data")) as [Buffer];
  return data.toString().trim();
}

it("this host can make a pid namespace", () => {
  expect(tools.unshare).toBeDefined();
});

describe.each(plans)("a process %s", (_name, plan) => {
  it("ends with its exit code", async () => {
    expect(await start("exit 7", plan).ended).toEqual({ kind: "exit", code: 7 });
  });

  it("ends by the signal that killed it", async () => {
    expect(await start("kill -SEGV $$", plan).ended).toEqual({ kind: "signal", signal: "SIGSEGV" });
  });

  it("speaks over the channel on descriptor 3, both ways", async () => {
    const contained = start('read line <&3; echo "heard $line" >&3', plan);
    contained.channels[0]?.write("hello\n");
    const [data] = (await once(contained.channels[0] as NodeJS.EventEmitter, "data")) as [Buffer];
    expect(data.toString()).toBe("heard hello\n");
    await contained.ended;
  });

  it("takes a daemon that it left behind with it when it is killed", async () => {
    const token = randomUUID();
    const contained = start(`setsid sh -c 'trap "" TERM; echo ready; sleep 1000' ${token} & wait`, plan);
    expect(await firstLine(contained)).toBe("ready");
    await contained.kill(0);
    expect(await processesNamed(token)).toEqual([]);
  });

  it("takes a daemon with it when it ends by itself", async () => {
    const token = randomUUID();
    const contained = start(`setsid sh -c 'echo ready; sleep 1000' ${token} & read line`, plan);
    contained.stdout.resume();
    await contained.ended;
    expect(await processesNamed(token)).toEqual([]);
  });

  it("is asked with SIGTERM first, and may end by itself in the time of grace", async () => {
    const contained = start("trap 'exit 3' TERM; echo ready; while :; do sleep 0.01; done", plan);
    expect(await firstLine(contained)).toBe("ready");
    expect(await contained.kill(60_000)).toEqual({ kind: "exit", code: 3 });
  });

  it("is killed when it does not heed the SIGTERM", async () => {
    const contained = start("trap '' TERM; echo ready; while :; do sleep 0.01; done", plan);
    expect(await firstLine(contained)).toBe("ready");
    expect(await contained.kill(20)).toEqual({ kind: "signal", signal: "SIGKILL" });
  });

  it("killed at its very start leaves nothing", async () => {
    const token = randomUUID();
    const contained = start(`sleep 1000; : ${token}`, plan);
    await contained.kill(0);
    expect(await processesNamed(token)).toEqual([]);
  });

  it("sees nothing of the agent's environment", async () => {
    const lines = await firstLine(start("env | cut -d= -f1 | sort | tr '\\n' ' '", plan));
    expect(
      lines.split(" ").filter((name) => !["PATH", "PWD", "POLYGLOT_WORKER", "_", "SHLVL", "OLDPWD"].includes(name)),
    ).toEqual([]);
  });
});

it("a command that does not exist fails without a process", async () => {
  const contained = new ContainedProcess(
    { command: "/nonexistent", arguments: [], folder: "/nonexistent", environment: {}, channels: 1 },
    { setpriv: false, userArguments: [] },
    systemClock,
  );
  expect((await contained.ended).kind).toBe("failed");
  expect((await contained.kill(0)).kind).toBe("failed");
});
