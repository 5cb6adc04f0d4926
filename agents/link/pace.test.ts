import { expect, test } from "vitest";
import { Pace } from "./pace.ts";

function paced() {
  const clock = { at: 0, monotonic: () => clock.at };
  const pace = new Pace(clock);
  const end = (count: number) => {
    for (let done = 0; done < count; done += 1) pace.count();
  };
  return { clock, pace, end };
}

test("what ends in one span is taken ahead in the next", () => {
  const { clock, pace, end } = paced();
  expect(pace.ahead).toBe(0);
  end(300);
  clock.at = 200;
  expect(pace.ahead).toBe(300);
});

test("when nothing ends for a span nothing is taken ahead", () => {
  const { clock, pace, end } = paced();
  end(300);
  clock.at = 200;
  expect(pace.ahead).toBe(300);
  clock.at = 400;
  expect(pace.ahead).toBe(0);
});

test("there is a limit to it", () => {
  const { clock, pace, end } = paced();
  end(1_000_000);
  clock.at = 200;
  expect(pace.ahead).toBe(2_000);
});
