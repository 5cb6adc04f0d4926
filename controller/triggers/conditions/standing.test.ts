import { expect, test } from "vitest";
import { nextStanding, type Standing } from "./standing.ts";

const at = (value: number) => ({ value, holds: value > 80, clears: value <= 75 });

/** Figures of a host at seconds 0, 1, 2 …, above 80 with a clearing line of 75, and how it stands after each. */
test.each<[string, number, number[], string]>([
  ["holds at once", 0, [50, 81], "off on"],
  ["goes on holding between limit and clearing line", 0, [90, 79, 76, 81, 75], "on on on on off"],
  ["has to hold for so long", 2, [90, 90, 90], "pending pending on"],
  ["begins anew after a break", 2, [90, 90, 70, 90, 90, 90], "pending pending off pending pending on"],
])("a condition %s", (_, forSeconds, values, expected) => {
  let standing: Standing | undefined;
  const states = values.map((value, second) => {
    standing = nextStanding(standing, at(value), forSeconds * 1_000, second * 1_000);
    return standing.state;
  });
  expect(states.join(" ")).toBe(expected);
});

test("what holds bears the time at which it began", () => {
  const first = nextStanding(undefined, at(90), 1_000, 5_000);
  const then = nextStanding(first, at(91), 1_000, 6_000);
  expect(nextStanding(then, at(76), 1_000, 7_000)).toEqual({ state: "on", sinceMs: 5_000, value: 76 });
});
