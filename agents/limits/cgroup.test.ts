import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { systemClock } from "@polyglot/service";
import { afterAll, describe, expect, it } from "vitest";
import { closeCgroups, createCgroup, openCgroups, parentsIn, removeCgroup } from "./cgroup.ts";
import { ContainedProcess } from "./contained-process.ts";

describe("the parents of workers' control groups", () => {
  it("are the agent's own, in each hierarchy of version 1 that counts processes, memory or time", () => {
    const mounts = [
      "cgroup /sys/fs/cgroup/cpu cgroup rw,relatime,cpu 0 0",
      "cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0",
      "cgroup /sys/fs/cgroup/pids cgroup rw,relatime,pids 0 0",
    ].join("\n");
    expect(parentsIn(mounts, "8:pids:/\n4:memory:/agents/one\n1:cpu:/x\n")).toEqual([
      { version: 1, controllers: ["cpu"], path: "/sys/fs/cgroup/cpu/x" },
      { version: 1, controllers: ["memory"], path: "/sys/fs/cgroup/memory/agents/one" },
      { version: 1, controllers: ["pids"], path: "/sys/fs/cgroup/pids" },
    ]);
  });

  it("are the agent's own in version 2", () => {
    expect(parentsIn("cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n", "0::/system.slice/agent.service\n")).toEqual([
      { version: 2, controllers: ["pids", "memory", "cpu"], path: "/sys/fs/cgroup/system.slice/agent.service" },
    ]);
  });
});

const host = await openCgroups(process.pid);

/** Root on a host with control groups; elsewhere the layer is reported as missing, which the agent's report tests. */
afterAll(() => closeCgroups(host));

describe.runIf(host.kind === "found")("a process tree in a control group", () => {
  const start = (cgroups: readonly string[], script: string) =>
    new ContainedProcess(
      { command: "/bin/sh", arguments: ["-c", script], folder: "/", environment: {}, channels: 0 },
      { setpriv: false, userArguments: [], cgroups },
      systemClock,
    );

  it("cannot have more processes than allowed", async () => {
    const cgroups = await createCgroup(host, "test-pids", { maxProcesses: 4 });
    const contained = start(cgroups, "for n in 1 2 3 4 5 6 7 8; do sleep 1000 & done; wait");
    const said = text(contained.stderr);
    await contained.ended;
    expect(await said).toMatch(/[Cc]annot fork/);
    await removeCgroup(cgroups, systemClock);
    for (const path of cgroups) await expect(readFile(join(path, "cgroup.procs"))).rejects.toThrow("ENOENT");
  });

  it("is killed when it takes more memory than allowed, and its end says so", async () => {
    const cgroups = await createCgroup(host, "test-memory", { maxProcesses: 16, maxMemoryBytes: 16 << 20 });
    const end = await start(cgroups, "exec tail /dev/zero").ended;
    expect(end).toEqual({ kind: "limit", error: "OOMError", message: "it used up its 16 MB of memory" });
    await removeCgroup(cgroups, systemClock);
  });
});
