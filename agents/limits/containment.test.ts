import { expect, it } from "vitest";
import { demandLayers, reportContainment } from "./containment.ts";

const report = reportContainment(
  { setpriv: true, networks: true, reasons: {} },
  { reason: "the agent is not root" },
  { kind: "missing", reason: "this host has no control groups" },
);

it("a host that lacks a layer is weak, and says why", () => {
  expect(report).toMatchObject({
    level: "weak",
    layers: ["pid-namespace", "own-proc", "parent-death-signal", "no-new-privileges"],
    missing: [
      { layer: "other-user", reason: "the agent is not root" },
      { layer: "cgroup", reason: "this host has no control groups" },
    ],
  });
});

it("a layer that is demanded and missing is refused with the reason, one that is there is not", () => {
  expect(() => demandLayers(["pid-namespace"], report)).not.toThrow();
  expect(() => demandLayers(["pid-namespace", "cgroup"], report)).toThrow(
    "this host cannot contain user code as --require-layer demands; missing: cgroup (this host has no control groups)",
  );
});
