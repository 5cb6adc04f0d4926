import { expect, test } from "vitest";
import { type Confinement, keyOfConfinement, limitsWith, problemOfConfinement } from "./confinement.ts";
import type { ContainmentReport } from "./containment.ts";
import { defaultWorkerLimits } from "./worker-limits.ts";

const whole: ContainmentReport = {
  level: "strong",
  layers: [],
  missing: [],
  further: ["network-namespace", "cpu-quota"],
};
const lacking = (...missing: ContainmentReport["missing"]): ContainmentReport => ({
  level: "weak",
  layers: [],
  missing,
  further: [],
});
const noCgroup = lacking({ layer: "cgroup", reason: "this host has no control groups" });
const noNamespace = lacking({ layer: "pid-namespace", reason: "unshare failed" });

test.each<[Confinement, ContainmentReport, RegExp]>([
  [{}, noNamespace, /^it can$/],
  [{ sandbox: "none" }, noNamespace, /^it can$/],
  [{ sandbox: "process" }, noCgroup, /^it can$/],
  [{ sandbox: "process" }, noNamespace, /sandbox 'process' demands; missing: pid-namespace \(unshare failed\)/],
  [{ sandbox: "strict" }, noCgroup, /sandbox 'strict' demands; missing: cgroup \(this host has no control groups\)/],
  [{ sandbox: "strict", network: "none", cores: 1 }, whole, /^it can$/],
  [{ network: "none" }, noCgroup, /off the network/],
  [{ cores: 1.5 }, noCgroup, /to 1\.5 cores/],
  [{ maxMemoryBytes: 1, maxProcesses: 1, maxDiskBytes: 1 }, noCgroup, /^it can$/],
])("%j on a host that lacks %j is refused as %s", (asked, host, problem) => {
  expect(problemOfConfinement(asked, host) ?? "it can").toMatch(problem);
});

test("the stricter limit of a host and of a policy holds", () => {
  const host = { ...defaultWorkerLimits, maxMemoryBytes: 100, maxProcesses: 10 };
  expect(limitsWith(host, { maxMemoryBytes: 200, maxProcesses: 5, cores: 2 })).toEqual({
    ...host,
    maxProcesses: 5,
    maxCores: 2,
  });
  expect(limitsWith(defaultWorkerLimits, { maxMemoryBytes: 200 }).maxMemoryBytes).toBe(200);
});

test("workers are shared by those that are confined alike, whatever sandbox they demand", () => {
  expect(keyOfConfinement({ sandbox: "strict" })).toBe(keyOfConfinement({}));
  expect(keyOfConfinement({ maxProcesses: 5 })).not.toBe(keyOfConfinement({ maxDiskBytes: 5 }));
});
