import { expect, test } from "vitest";
import type { ConnectedAgentFacts, HostLoad, Reserved } from "../routing/agent-facts.ts";
import { nothingReserved } from "../routing/agent-facts.ts";
import type { Demand } from "./demand.ts";
import { lackOf, shortageOf } from "./refusal.ts";

const gib = 2 ** 30;
const nothing: Demand = {
  runtimes: [],
  layers: [],
  isStrict: false,
  requests: { cores: 0, memoryBytes: 0, gpus: 0, diskBytes: 0 },
  free: {},
};
const agent: ConnectedAgentFacts = {
  agentId: "a1",
  host: "h1",
  labels: { zone: "b" },
  runtimes: [
    { language: "py", version: "3.11.7" },
    { language: "cpp", version: "12.2.0" },
  ],
  layers: new Set(["pid-namespace", "cpu-quota"]),
  capacity: 10,
  cores: 4,
  isStrong: false,
};
const load: HostLoad = {
  cpuPercent: 75,
  memoryTotalBytes: 16 * gib,
  memoryUsedBytes: 10 * gib,
  workerMemoryBytes: 4 * gib,
  diskFreeBytes: 5 * gib,
  gpus: [{ busyPercent: 90 }, { busyPercent: 40 }],
};
const asking = (requests: Partial<Demand["requests"]>): Demand => ({
  ...nothing,
  requests: { ...nothing.requests, ...requests },
});
const reserving = (reserved: Partial<Reserved>): Reserved => ({ ...nothingReserved, ...reserved });

test.each<[string, Partial<Demand>, Record<string, string>, string]>([
  ["nothing", {}, {}, "it may"],
  ["a version that it has", { runtimes: [{ language: "py", version: "3.11" }] }, {}, "it may"],
  [
    "a version that only begins so",
    { runtimes: [{ language: "py", version: "3.1" }] },
    {},
    "runtime: agent a1 has no Python 3.1; it has 3.11.7",
  ],
  ["a language that it lacks", { runtimes: [{ language: "js" }] }, {}, "runtime: agent a1 has no Node.js; it has none"],
  ["a standard of C++, which the agent judges", { runtimes: [{ language: "cpp", version: "20" }] }, {}, "it may"],
  ["a layer that it has", { layers: ["pid-namespace"] }, {}, "it may"],
  [
    "a layer that it lacks",
    { layers: ["network-namespace"] },
    {},
    "containment: agent a1 has no network-namespace, which a policy demands",
  ],
  [
    "every layer",
    { isStrict: true },
    {},
    "containment: agent a1 has not all layers of containment, which a policy demands",
  ],
  ["labels that it has", {}, { zone: "b" }, "it may"],
  ["labels that it lacks", {}, { zone: "b", gpu: "yes" }, "labels: agent a1 has not the labels zone=b, gpu=yes"],
])("of %s an agent that lacks it says so", (_what, demand, require, said) => {
  const found = lackOf({ ...nothing, ...demand }, agent, require);
  expect(found === undefined ? "it may" : `${found.reason}: ${found.message}`).toBe(said);
});

test.each<[Demand, Reserved, string]>([
  [nothing, reserving({ memoryBytes: 100 * gib }), "it may"],
  [asking({ memoryBytes: 6 * gib }), nothingReserved, "it may"],
  [asking({ memoryBytes: 6 * gib + 1 }), nothingReserved, "memory: host h1 has 6,144 MB free, needs 6,144"],
  // What is set aside counts from the admission on, and what workers use is a part of it.
  [asking({ memoryBytes: 6 * gib }), reserving({ memoryBytes: 4 * gib }), "it may"],
  [
    asking({ memoryBytes: 6 * gib }),
    reserving({ memoryBytes: 8 * gib }),
    "memory: host h1 has 2,048 MB free, needs 6,144",
  ],
  [asking({ cores: 3 }), reserving({ cores: 1 }), "it may"],
  [asking({ cores: 3 }), reserving({ cores: 1.5 }), "cpu: host h1 has 2.5 of 4 cores that are not set aside, needs 3"],
  [asking({ diskBytes: 6 * gib }), nothingReserved, "disk: host h1 has 5,120 MB of disk free, needs 6,144"],
  [asking({ gpus: 2 }), nothingReserved, "it may"],
  [asking({ gpus: 2 }), reserving({ gpus: 1 }), "gpu: host h1 has 1 GPUs that are not set aside, needs 2"],
  [{ ...nothing, free: { cpuPercent: 25 } }, nothingReserved, "it may"],
  [{ ...nothing, free: { cpuPercent: 26 } }, nothingReserved, "cpu: host h1 has 25 % of its CPU free, needs 26 %"],
  [{ ...nothing, free: { memoryBytes: 7 * gib } }, nothingReserved, "memory: host h1 has 6,144 MB free, needs 7,168"],
  [{ ...nothing, free: { gpuPercent: 60 } }, nothingReserved, "it may"],
  [{ ...nothing, free: { gpuPercent: 61 } }, nothingReserved, "gpu: host h1 has 60 % of a GPU free, needs 61 %"],
])("%j beside %j", (demand, reserved, said) => {
  const found = shortageOf(demand, agent, load, reserved);
  expect(found === undefined ? "it may" : `${found.reason}: ${found.message}`).toBe(said);
});

test("a host that has not told its load gets what asks for nothing, and nothing else", () => {
  expect(shortageOf(nothing, agent, undefined, nothingReserved)).toBeUndefined();
  expect(shortageOf(asking({ cores: 1 }), agent, undefined, nothingReserved)?.reason).toBe("load-unknown");
});
