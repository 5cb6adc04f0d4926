import { expect, test } from "vitest";
import { type Candidate, chooseAgent, defaultRoute, type Route } from "./choose-agent.ts";
import { Traces } from "./traces.ts";

const candidate = (
  agentId: string,
  credits: number,
  labels: Record<string, string> = {},
  host = agentId,
): Candidate => ({
  credits,
  agent: { agentId, host, labels, runtimes: [], layers: new Set(), capacity: 100, cores: 4 },
});
const routed = { pipelineId: "a#P", key: "a#P", languages: ["py" as const] };
const noTraces = () =>
  new Traces(
    () => 0,
    () => 0,
  );

const choose = (candidates: readonly Candidate[], route: Partial<Route> = {}, traces = noTraces()) =>
  chooseAgent(candidates, routed, { ...defaultRoute, ...route }, traces)?.agent.agentId;

test("of none none is chosen", () => {
  expect(choose([])).toBeUndefined();
});

test.each<[string, readonly Candidate[], Partial<Route>, string]>([
  ["the one with most room", [candidate("a", 3), candidate("b", 90), candidate("c", 50)], {}, "b"],
  ["the fullest one when work is packed", [candidate("a", 9), candidate("b", 3)], { strategy: "bin-pack" }, "b"],
  [
    "one that is preferred, though it has less room",
    [candidate("a", 90), candidate("b", 3, { disk: "ssd" })],
    { prefer: { disk: "ssd" } },
    "b",
  ],
  [
    "one with more of what is preferred",
    [candidate("a", 90, { x: "1" }), candidate("b", 3, { x: "1", y: "1" })],
    { prefer: { x: "1", y: "1" } },
    "b",
  ],
  [
    "one that is to be avoided last",
    [candidate("a", 90, { spot: "yes" }), candidate("b", 3)],
    { avoid: { spot: "yes" } },
    "b",
  ],
  ["one of the region", [candidate("a", 90), candidate("b", 3, { region: "eu" })], { region: "eu" }, "b"],
  [
    "one that is not to be avoided before one that is preferred",
    [candidate("a", 9, { d: "1", s: "1" }), candidate("b", 9)],
    { prefer: { d: "1" }, avoid: { s: "1" } },
    "b",
  ],
])("%s is chosen", (_title, candidates, route, chosen) => {
  expect(choose(candidates, route)).toBe(chosen);
  expect(choose([...candidates].reverse(), route)).toBe(chosen);
});

test("affinity keeps a pipeline where it ran last, on the agent or its host", () => {
  const traces = noTraces();
  traces.note("a#P", [], { agentId: "b", host: "h" });
  const candidates = [candidate("a", 90), candidate("c", 50, {}, "h"), candidate("b", 3, {}, "h")];
  expect(choose(candidates, { affinity: "same-agent" }, traces)).toBe("b");
  expect(choose(candidates, { affinity: "same-host" }, traces)).toBe("c");
});

test("executions are spread over the values of a label", () => {
  const traces = new Traces(
    () => 0,
    (_pipeline, label, value) => (label === "zone" && value === "1" ? 2 : 0),
  );
  const candidates = [candidate("a", 90, { zone: "1" }), candidate("b", 3, { zone: "2" })];
  expect(choose(candidates, { spread: "zone" }, traces)).toBe("b");
});

test("in turn each gets one", () => {
  const traces = noTraces();
  const candidates = ["a", "b", "c"].map((name) => candidate(name, 50));
  const turns = Array.from({ length: 6 }, () => {
    const chosen = choose(candidates, { strategy: "round-robin" }, traces) ?? "";
    traces.note("a#P", [], { agentId: chosen, host: chosen });
    return chosen;
  });
  expect(turns).toEqual(["a", "b", "c", "a", "b", "c"]);
});

test("a key stays on its agent, and when one goes only its own keys move", () => {
  const names = ["a", "b", "c", "d"];
  const byHash = (key: string, left: readonly string[]) =>
    chooseAgent(
      left.map((name) => candidate(name, 50)),
      { ...routed, key },
      { ...defaultRoute, strategy: "hash" },
      noTraces(),
    )?.agent.agentId;
  const keys = Array.from({ length: 200 }, (_, at) => `key-${at}`);
  const before = keys.map((key) => byHash(key, names));
  expect(new Set(before)).toEqual(new Set(names));
  const after = keys.map((key) => byHash(key, ["d", "b", "a"]));
  expect(keys.filter((_, at) => before[at] !== "c" && before[at] !== after[at])).toEqual([]);
});

test("an agent that ran the language a while ago comes before a cold one, unless it is clearly fuller", () => {
  let now = 0;
  const traces = new Traces(
    () => now,
    () => 0,
  );
  traces.note("other", ["py"], { agentId: "b", host: "b" });
  expect(choose([candidate("a", 92), candidate("b", 90)], {}, traces)).toBe("b");
  expect(choose([candidate("a", 92), candidate("b", 30)], {}, traces)).toBe("a");
  now = 3_600_000;
  expect(choose([candidate("a", 92), candidate("b", 90)], {}, traces)).toBe("a");
});
