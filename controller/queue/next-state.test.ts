import { expect, test } from "vitest";
import { nextState, retryDelayMs } from "./next-state.ts";

const ended = {
  outcome: "failed",
  attemptNo: 1,
  maxAttempts: 3,
  isDecided: false,
  errorType: "py\\!ValueError",
} as const;

test("a failure waits for its next attempt until the attempts are used up", () => {
  expect(nextState(ended, { strategy: "fixed", base_seconds: 2 })).toMatchObject({ state: "waiting", delayMs: 2_000 });
  expect(nextState({ ...ended, attemptNo: 3 }, undefined)).toMatchObject({
    state: "dead_lettered",
    deadLetterReason: "attempts_used_up",
  });
});

test("a lost attempt is followed at once, and its unknown outcome is said when none is left", () => {
  expect(nextState({ ...ended, outcome: "lost" }, undefined)).toMatchObject({ state: "waiting", delayMs: 0 });
  expect(nextState({ ...ended, outcome: "lost", maxAttempts: 1 }, undefined).deadLetterReason).toBe("outcome_unknown");
});

test("an exit, a kill and a cancellation are final", () => {
  expect(nextState({ ...ended, isDecided: true }, undefined).state).toBe("failed");
  expect(nextState({ ...ended, outcome: "killed", errorType: "pg\\!OOMError" }, undefined).state).toBe("killed");
  expect(nextState({ ...ended, outcome: "cancelled" }, undefined).state).toBe("cancelled");
});

test("delays grow as their strategy says and end at the maximum", () => {
  const delays = (strategy: "fixed" | "linear" | "exponential" | "immediate") =>
    [1, 2, 3, 9].map((n) => retryDelayMs(n, { strategy, base_seconds: 1, max_seconds: 5, jitter: 0 }));
  expect(delays("immediate")).toEqual([0, 0, 0, 0]);
  expect(delays("fixed")).toEqual([1_000, 1_000, 1_000, 1_000]);
  expect(delays("linear")).toEqual([1_000, 2_000, 3_000, 5_000]);
  expect(delays("exponential")).toEqual([1_000, 2_000, 4_000, 5_000]);
});

test("the share of jitter is left to chance: none without a word, half of what doubles", () => {
  const delay = (retry: Parameters<typeof retryDelayMs>[1], chance: number) =>
    retryDelayMs(1, { base_seconds: 8, max_seconds: 60, ...retry }, () => chance);
  expect([0, 0.5, 1].map((chance) => delay({ strategy: "fixed" }, chance))).toEqual([8_000, 8_000, 8_000]);
  expect([0, 0.5, 1].map((chance) => delay({ strategy: "fixed", jitter: 1 }, chance))).toEqual([8_000, 4_000, 0]);
  expect([0, 1].map((chance) => delay({ strategy: "exponential" }, chance))).toEqual([8_000, 4_000]);
  expect([0, 1].map((chance) => delay({ strategy: "exponential", jitter: 0.25 }, chance))).toEqual([8_000, 6_000]);
});

interface Rules {
  readonly on?: ("failed" | "killed" | "agent-lost")[];
  readonly errors?: string[];
}
const answers: [
  what: string,
  outcome: "failed" | "killed" | "lost",
  type: string,
  Rules,
  state: string,
  reason: string | null,
][] = [
  ["an error whose type its rules name", "failed", "py\\!ValueError", { errors: ["py\\!ValueError"] }, "waiting", null],
  [
    "an error of a language that they name",
    "failed",
    "py\\!ValueError",
    { errors: ["js\\!*", "py\\!*"] },
    "waiting",
    null,
  ],
  [
    "an error of another type",
    "failed",
    "py\\!KeyError",
    { errors: ["py\\!ValueError"] },
    "dead_lettered",
    "not_retried",
  ],
  ["an end that they leave out", "failed", "py\\!KeyError", { on: ["agent-lost"] }, "dead_lettered", "not_retried"],
  ["a lost agent that they leave out", "lost", "", { on: ["failed"] }, "dead_lettered", "outcome_unknown"],
  ["a kill by a limit where they name kills", "killed", "pg\\!OOMError", { on: ["killed"] }, "waiting", null],
  ["a kill by a limit where they do not", "killed", "pg\\!OOMError", { on: ["failed"] }, "killed", null],
  ["a kill by a person whatever they name", "killed", "pg\\!KilledError", { on: ["killed"] }, "killed", null],
];

test.each(answers)("rules of retries: %s", (_what, outcome, errorType, rules, state, deadLetterReason) => {
  expect(nextState({ ...ended, outcome, errorType }, rules)).toMatchObject({ state, deadLetterReason });
});

test("a kill by a limit that is tried again ends as a kill when the attempts are used up", () => {
  const last = { ...ended, outcome: "killed", errorType: "pg\\!OOMError", attemptNo: 3 } as const;
  expect(nextState(last, { on: ["killed"] })).toMatchObject({ state: "killed", deadLetterReason: null });
});
