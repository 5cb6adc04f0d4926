import { expect, it } from "vitest";
import { Coalesced } from "./coalesced.ts";

it("answers calls that came during a run by one run after it", async () => {
  let runs = 0;
  const gates: (() => void)[] = [];
  const coalesced = new Coalesced(async () => {
    runs += 1;
    await new Promise<void>((resolve) => gates.push(resolve));
  });
  const first = coalesced.run();
  const [second, third] = [coalesced.run(), coalesced.run()];
  gates[0]?.();
  while (gates.length < 2) await Promise.resolve();
  gates[1]?.();
  await Promise.all([first, second, third]);
  expect(runs).toBe(2);
});

it("runs anew after a run that failed", async () => {
  let runs = 0;
  const coalesced = new Coalesced(async () => {
    runs += 1;
    if (runs === 1) throw new Error("no answer");
  });
  await expect(coalesced.run()).rejects.toThrow("no answer");
  await coalesced.run();
  expect(runs).toBe(2);
});
