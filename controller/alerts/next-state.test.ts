import { expect, test } from "vitest";
import type { AlertStateRow } from "../store/alerts.ts";
import { nextState } from "./next-state.ts";

type Seen = "holds" | "between" | "clears";

/** What is told of a row of looks, one a second, by an alert that has to hold for `forSeconds`. */
function told(forSeconds: number, looks: readonly Seen[]): string {
  let state: AlertStateRow | undefined;
  return looks
    .map((seen, second) => {
      const reading = { subject: "s", value: second, holds: seen === "holds", clears: seen === "clears" };
      const step = nextState("a", state, reading, forSeconds * 1_000, new Date(second * 1_000));
      state = step.next;
      return step.news ?? state?.state ?? "none";
    })
    .join(" ");
}

test.each<[number, string, string]>([
  [0, "clears holds holds clears", "none firing firing resolved"],
  [2, "holds holds holds holds", "pending pending firing firing"],
  [2, "holds clears holds holds holds", "pending none pending pending firing"],
  // A value that swings around the limit is told once.
  [0, "holds between holds between holds clears clears", "firing firing firing firing firing resolved resolved"],
  [0, "between holds clears between holds", "none firing resolved resolved firing"],
  [1, "holds between holds", "pending pending firing"],
  [1, "holds holds clears holds clears", "pending firing resolved pending none"],
])("held for %i s: %s is %s", (forSeconds, looks, expected) => {
  expect(told(forSeconds, looks.split(" ") as Seen[])).toBe(expected);
});

test("an alert that fires is told once, and so is its end", () => {
  const looks: Seen[] = ["holds", "holds", "between", "holds", "clears", "clears", "holds"];
  let state: AlertStateRow | undefined;
  const news = looks.flatMap((seen, second) => {
    const reading = { subject: "s", value: second, holds: seen === "holds", clears: seen === "clears" };
    const step = nextState("a", state, reading, 0, new Date(second * 1_000));
    state = step.next;
    return step.news === undefined ? [] : [`${second} ${step.news}`];
  });
  expect(news).toEqual(["0 firing", "4 resolved", "6 firing"]);
});
