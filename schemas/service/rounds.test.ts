import { afterEach, expect, it } from "vitest";
import type { Clock } from "./clock.ts";
import { Rounds, type RoundsParts } from "./rounds.ts";

/** Sleeps until it is let go, and tells what it was asked for. */
class HeldClock implements Clock {
  readonly asked: number[] = [];
  #letGo: () => void = () => undefined;
  #onSleep: () => void = () => undefined;

  now = (): number => 0;
  monotonic = (): number => 0;

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.asked.push(ms);
    this.#onSleep();
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#letGo = resolve;
      signal?.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  async asleep(times: number): Promise<void> {
    while (this.asked.length < times) await new Promise<void>((resolve) => (this.#onSleep = resolve));
  }

  letGo(): void {
    this.#letGo();
  }
}

const clock = (): HeldClock => new HeldClock();
const started: Rounds[] = [];

function begin(parts: Omit<RoundsParts, "onError"> & Partial<RoundsParts>): Rounds {
  const rounds = new Rounds({ onError: () => 7, ...parts });
  started.push(rounds);
  rounds.start();
  return rounds;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((rounds) => rounds.stop()));
});

it("waits as long as a round says", async () => {
  const held = clock();
  let count = 0;
  begin({ clock: held, round: async () => (count += 1) * 10 });
  await held.asleep(1);
  held.letGo();
  await held.asleep(2);
  expect(held.asked).toEqual([10, 20]);
});

it("begins the next round at once when it is woken while it waits, and when it was woken during the round", async () => {
  const held = clock();
  let count = 0;
  const rounds: Rounds = begin({
    clock: held,
    round: async () => {
      count += 1;
      if (count === 2) rounds.wake();
      return 10;
    },
  });
  await held.asleep(1);
  rounds.wake();
  await held.asleep(3);
  expect(count).toBe(3);
});

it("waits after a failure, also when it was woken during the round", async () => {
  const held = clock();
  const errors: unknown[] = [];
  const rounds: Rounds = begin({
    clock: held,
    round: () => {
      rounds.wake();
      return Promise.reject(new Error("no answer"));
    },
    onError: (error) => {
      errors.push(error);
      return 1_000;
    },
  });
  await held.asleep(1);
  expect(held.asked).toEqual([1_000]);
  expect(errors).toHaveLength(1);
});

it("ends after the round under way when it is stopped, and begins none", async () => {
  const held = clock();
  const rounds = begin({ clock: held, round: async () => 10, firstAfterMs: 5 });
  await held.asleep(1);
  await rounds.stop();
  expect(held.asked).toEqual([5]);
  expect(rounds.signal.aborted).toBe(true);
});
