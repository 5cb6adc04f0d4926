import { defaults, type PipelineId, resourcePolicy } from "@polyglot/contracts";
import { expect, test } from "vitest";
import type { HostSize } from "./host-sizes.ts";
import { requestRefusals } from "./request-effects.ts";

const gib = 2 ** 30;
const hosts: HostSize[] = [
  { cores: 4, memoryBytes: 16 * gib, diskBytes: 100 * gib, gpus: 0 },
  { cores: 2, memoryBytes: 64 * gib, diskBytes: 50 * gib, gpus: 1 },
];
const pipeline = { id: "io>A#A" as PipelineId, queue: { queue: defaults.queue } };
const said = (spec: object, of: readonly HostSize[] = hosts) => {
  const policy = { name: "big", spec: resourcePolicy.shape.spec.parse({ selector: {}, ...spec }) };
  return requestRefusals([pipeline], { configs: [], policies: [policy] }, of).get("io>A#A");
};

test.each([
  ["what the largest has", { requests: { memory: "64Gi", cpu: 4, gpu: 1 } }, undefined],
  [
    "more memory",
    { requests: { memory: "65Gi" } },
    "asks for 65Gi of memory, the largest agent has 64Gi: it never starts",
  ],
  ["more cores", { requests: { cpu: 8 } }, "asks for 8 cores, the largest agent has 4: it never starts"],
])("of a pipeline that asks for %s", (_what, spec, message) => {
  expect(said(spec)).toEqual(message === undefined ? undefined : [{ source: "ResourcePolicy/big", message }]);
});

test("where no agent is connected nothing is known", () => {
  expect(said({ requests: { cpu: 8 } }, [])).toBeUndefined();
});
