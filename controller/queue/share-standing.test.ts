import { expect, test } from "vitest";
import { blockingShare } from "./share-standing.ts";

const share = (name: string, running: number, waiting = 1, weight = 1) => ({ name, weight, waiting, running });

const rows = [
  {
    title: "who has more than another that waits is told of it",
    shares: [share("a", 3), share("b", 1)],
    says: "'a' has 3 running, and its part is 2.0 places; 'b' has 1 running, and its part is 2.0 places, and goes first",
  },
  { title: "who has least is held up by nobody", shares: [share("a", 1), share("b", 2)], says: undefined },
  { title: "who waits for nothing holds up nobody", shares: [share("a", 3), share("b", 0, 0)], says: undefined },
  { title: "places count by weight", shares: [share("a", 3, 1, 3), share("b", 1)], says: undefined },
];

test.for(rows)("$title", ({ shares, says }) => {
  expect(blockingShare(shares, "a", 4)).toBe(says);
});
