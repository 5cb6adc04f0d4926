import type { PipelineId } from "@polyglot/contracts";
import { expect, test } from "vitest";
import { effectiveSettings } from "../policies/effective-settings.ts";
import { toExecutionSettings } from "./to-settings.ts";

const id = "a>b#P" as PipelineId;
const own = { queue: "Default", kill: { timeout_seconds: 3, memory_percent: 80 } };
const policy = { name: "p", spec: { selector: {}, limits: { cpu: 1.5, memory: "1Gi" }, network: "none" as const } };

test("own lines and what policies say go out together, as the agent takes them", () => {
  const settings = effectiveSettings(id, own, { configs: [], policies: [policy] });
  expect(toExecutionSettings(settings)).toMatchObject({
    kill: { timeoutSeconds: 3, graceSeconds: 5, memoryPercent: 80, strategy: "graceful" },
    limits: { cpu: 1.5, memoryBytes: 2n ** 30n },
    network: "none",
    sandbox: "none",
    env: {},
  });
});

test("the same goes out with every attempt, and nothing where objects say nothing", () => {
  const settings = effectiveSettings(id, own, { configs: [], policies: [policy] });
  expect(toExecutionSettings(settings)).toBe(toExecutionSettings(settings));
  expect(toExecutionSettings(effectiveSettings(id, own, { configs: [], policies: [] }))).toBeUndefined();
});
