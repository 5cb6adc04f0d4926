import { pipelineConfig, type PipelineId, type QueueConfiguration, resourcePolicy } from "@polyglot/contracts";
import { expect, test } from "vitest";
import { effectiveSettings, secretName } from "./effective-settings.ts";
import type { DeclaredConfig, DeclaredPolicy } from "./layers.ts";
import { textOfSetting } from "./settings.ts";

const id = "com.example>etl>load#Orders" as PipelineId;

const config = (name: string, spec: object): DeclaredConfig => ({
  name,
  spec: pipelineConfig.shape.spec.parse(spec),
});
const policy = (name: string, spec: object): DeclaredPolicy => ({
  name,
  spec: resourcePolicy.shape.spec.parse(spec),
});

const all = { selector: {} };
const near = { selector: { namespaces: ["com.example>etl>load"] } };
const far = { selector: { namespaces: ["com.example"] } };
const byPattern = { selector: { pipelines: ["*#Ord*"] } };
const byId = { selector: { pipelines: [id] } };
const other = { selector: { pipelines: ["com.example>etl>load#Orders2", "com?example*"] } };

type Case = [
  title: string,
  configs: DeclaredConfig[],
  policies: DeclaredPolicy[],
  name: string,
  text: string,
  source: string,
  own?: Partial<QueueConfiguration>,
];

const cases: Case[] = [
  [
    "the closest policy wins",
    [],
    [
      policy("a", { ...all, kill: { timeout: "1s" } }),
      policy("b", { ...far, kill: { timeout: "2s" } }),
      policy("c", { ...near, kill: { timeout: "3s" } }),
      policy("d", { ...byPattern, kill: { timeout: "4s" } }),
      policy("e", { ...byId, kill: { timeout: "5s" } }),
    ],
    "kill.timeout",
    "5s",
    "ResourcePolicy/e",
  ],
  [
    "a pattern is closer than a namespace",
    [],
    [policy("a", { ...near, limits: { memory: "1Gi" } }), policy("b", { ...byPattern, limits: { memory: "2Gi" } })],
    "limits.memory",
    "2Gi",
    "ResourcePolicy/b",
  ],
  [
    "a deeper namespace is closer",
    [],
    [policy("a", { ...far, limits: { memory: "1Gi" } }), policy("b", { ...near, limits: { memory: "1536Mi" } })],
    "limits.memory",
    "1536Mi",
    "ResourcePolicy/b",
  ],
  [
    "a namespace is closer than none",
    [],
    [policy("a", { ...all, network: "none" }), policy("b", { ...far, network: "all" })],
    "network",
    "all",
    "ResourcePolicy/b",
  ],
  [
    "what the closest leaves out the next one says",
    [],
    [policy("a", { ...all, limits: { cpu: 2, processes: 9 } }), policy("b", { ...byId, limits: { cpu: 1.5 } })],
    "limits.processes",
    "9",
    "ResourcePolicy/a",
  ],
  [
    "of two that are equally close the first by name wins",
    [],
    [policy("b", { ...near, sandbox: "none" }), policy("a", { ...near, sandbox: "strict" })],
    "sandbox",
    "strict",
    "ResourcePolicy/a",
  ],
  [
    "a policy of other pipelines says nothing",
    [],
    [policy("a", { ...other, sandbox: "strict" })],
    "sandbox",
    "none",
    "default",
  ],
  [
    "a configuration by id is closer than one by namespace",
    [config("a", { ...near, priority: 3 }), config("b", { pipeline: id, priority: 4 })],
    [],
    "priority",
    "4",
    "PipelineConfig/b",
  ],
  [
    "own lines win over a configuration",
    [config("b", { pipeline: id, priority: 4 })],
    [],
    "priority",
    "7",
    "[Q] lines",
    { priority: 7 },
  ],
  [
    "own lines win over a policy",
    [],
    [policy("e", { ...byId, kill: { timeout: "5s", memory: "80%" } })],
    "kill.timeout",
    "500ms",
    "[Q] lines",
    { kill: { timeout_seconds: 0.5 } },
  ],
  [
    "beside own lines a policy says the rest",
    [],
    [policy("e", { ...byId, kill: { timeout: "5s", memory: "80%" } })],
    "kill.memory",
    "80%",
    "ResourcePolicy/e",
    { kill: { timeout_seconds: 0.5 } },
  ],
  [
    "a queue of own lines wins",
    [config("a", { ...all, queue: "Night" })],
    [],
    "queue",
    "Day",
    "[Q] lines",
    { queue: "Day" },
  ],
  ["the default queue gives way", [config("a", { ...all, queue: "Night" })], [], "queue", "Night", "PipelineConfig/a"],
  ["nobody says anything", [], [], "retry.maxAttempts", "3", "default"],
  [
    "a suspension may be taken back for one",
    [config("a", { ...all, suspend: true }), config("b", { pipeline: id, suspend: false })],
    [],
    "suspend",
    "false",
    "PipelineConfig/b",
  ],
  [
    "each variable is a setting of its own",
    [config("a", { ...all, env: { A: "1", B: "1" } }), config("b", { pipeline: id, env: { B: "2" } })],
    [],
    "env.A",
    "1",
    "PipelineConfig/a",
  ],
  [
    "an input may be anything",
    [config("a", { ...all, inputs: { rows: [1, "x"] } })],
    [],
    "inputs.rows",
    '[1,"x"]',
    "PipelineConfig/a",
  ],
];

test.each(cases)("%s", (_title, configs, policies, name, text, source, own = {}) => {
  const settings = effectiveSettings(id, { queue: "Default", ...own }, { configs, policies });
  const found = settings.list().find((one) => one.name === name);
  expect([found && textOfSetting(name, found.value), found?.source]).toEqual([text, source]);
});

test("only what objects say travels beside the plan", () => {
  const own = { queue: "Default", kill: { timeout_seconds: 3 } };
  const isBeyond = (configs: DeclaredConfig[], policies: DeclaredPolicy[]) =>
    effectiveSettings(id, own, { configs, policies }).isBeyondPlan;
  expect(isBeyond([], [])).toBe(false);
  expect(isBeyond([config("a", { ...all, priority: 3, inputs: { a: 1 } })], [])).toBe(false);
  expect(isBeyond([config("a", { ...all, env: { A: "1" } })], [])).toBe(true);
  expect(isBeyond([], [policy("a", { ...all, kill: { timeout: "9s" } })])).toBe(false);
  expect(isBeyond([], [policy("a", { ...all, kill: { cpu: 50 } })])).toBe(true);
});

test("a secret is had under another name where the closest configuration says so", () => {
  const configs = [
    config("a", { ...all, secrets: { db: "shared-db" } }),
    config("b", { ...near, secrets: { db: "own-db" } }),
  ];
  expect(secretName(id, "db", { configs, policies: [] })).toBe("own-db");
  expect(secretName(id, "constructor", { configs, policies: [] })).toBeUndefined();
});
