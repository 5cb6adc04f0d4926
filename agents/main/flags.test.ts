import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { flagTable } from "./flag-table.ts";
import { layers } from "../limits/containment.ts";
import { parseFlags } from "./flags.ts";

const needed = ["--controller", "https://a:1", "--data-dir", "/data"];
const parse = (...args: string[]) => parseFlags([...needed, ...args], "Host_1.example");

test("what is not said has a default", () => {
  expect(parse()).toMatchObject({
    kind: "flags",
    flags: {
      controllers: ["https://a:1"],
      dataDir: "/data",
      dataRoot: process.cwd(),
      name: "host-1.example",
      labels: {},
      logLevel: "info",
      sampleIntervalMs: 1_000,
      caFile: undefined,
    },
  });
});

test("several controllers and labels", () => {
  expect(parse("--controller", "https://b:2", "--labels", "zone=a,disk=ssd=fast")).toMatchObject({
    flags: { controllers: ["https://a:1", "https://b:2"], labels: { zone: "a", disk: "ssd=fast" } },
  });
});

test("runtimes and limits are named on the command line, or by variables that it wins over", () => {
  const args = ["--python", "/opt/a", "--python", "/opt/b", "--max-workers", "4", "--worker-memory-mb", "64"];
  const environment = {
    POLYGLOT_AGENT_PYTHON: "/opt/c",
    POLYGLOT_AGENT_NODE: "/opt/d,/opt/e",
    POLYGLOT_AGENT_RUST: "/opt/rustc",
    POLYGLOT_AGENT_CPP: "/opt/g++",
    POLYGLOT_AGENT_MAX_BUILDS: "2",
    POLYGLOT_AGENT_MAX_BUNDLES_MB: "1",
    POLYGLOT_AGENT_RECYCLE_CALLS: "",
  };
  expect(parseFlags([...needed, ...args], "h", environment)).toMatchObject({
    flags: {
      configured: {
        python: ["/opt/a", "/opt/b"],
        node: ["/opt/d", "/opt/e"],
        rust: ["/opt/rustc"],
        cpp: ["/opt/g++"],
      },
      buildLimits: { maxBuilds: 2 },
      poolLimits: { maxWorkers: 4 },
      treeLimits: { maxMemoryBytes: 64 * 1024 * 1024 },
      bundleLimits: { maxBytes: 1024 * 1024 },
    },
  });
});

test("networks that the library may connect to are given by word, network or address", () => {
  expect(parse()).toMatchObject({ flags: { allowNetworks: [] } });
  expect(parse("--allow-network", "loopback", "--allow-network", "10.0.0.0/8")).toMatchObject({
    flags: { allowNetworks: ["loopback", "10.0.0.0/8"] },
  });
  expect(parse("--allow-network", "everything")).toEqual({
    kind: "problem",
    message: "--allow-network is a network like 10.0.0.0/8, an address, or one of loopback, private; got 'everything'",
  });
});

test("layers of containment are demanded by name, or all of them", () => {
  expect(parse()).toMatchObject({ flags: { requiredLayers: [] } });
  expect(parse("--require-layer", "cgroup")).toMatchObject({ flags: { requiredLayers: ["cgroup"] } });
  expect(parse("--require-layer", "all")).toMatchObject({ flags: { requiredLayers: layers } });
  expect(parse("--require-layer", "jail")).toMatchObject({
    kind: "problem",
    message: expect.stringMatching(/^--require-layer is all or one of pid-namespace, .*; got 'jail'$/) as string,
  });
});

test("a limit that is not given is left to its default", () => {
  const limits = { poolLimits: {}, treeLimits: {}, bundleLimits: {} };
  expect(parse()).toStrictEqual({ kind: "flags", flags: expect.objectContaining(limits) as object });
  expect(parse("--warm", "0")).toMatchObject({ flags: { poolLimits: { minWorkersPerGroup: 0 } } });
});

test("every flag stands in the agents' page with what it takes and what holds without it", () => {
  const page = readFileSync(new URL("../../docs/agents.md", import.meta.url), "utf8");
  for (const [name, { takes, otherwise, says }] of Object.entries(flagTable)) {
    expect(page).toContain(`| \`--${name} ${takes}\` | ${otherwise} | ${says} |`);
  }
});

test.each([
  [["--warm", "x"], "--warm is an integer from 0 to 1000, got 'x'"],
  [["--capacity", "0"], "--capacity is an integer from 1 to 10000, got '0'"],
  [["--name", "A b"], "--name is of lower-case letters, digits, dots and hyphens, at most 63; got 'A b'"],
  [["--labels", "x"], "--labels is a list of key=value with commas between, got 'x'"],
  [["--sample-interval", "0"], "--sample-interval is a number of seconds from 0.1 to 60, got '0'"],
  [["--log-level", "loud"], "--log-level is one of debug, info, warn, error, silent, got 'loud'"],
  [["--controller", "http://a"], "--controller is an https URL, got 'http://a'"],
])("%j is refused with what is allowed", (args, message) => {
  expect(parse(...args)).toEqual({ kind: "problem", message });
});

test("an unknown flag and a missing one are named", () => {
  expect(parse("--nonsense")).toMatchObject({
    kind: "problem",
    message: expect.stringContaining("--nonsense") as string,
  });
  expect(parseFlags(["--data-dir", "/data"], "h")).toMatchObject({
    message: "--controller is missing: the URL of at least one controller",
  });
});
