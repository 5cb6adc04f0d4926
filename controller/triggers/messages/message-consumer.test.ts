import { silentLogger } from "@polyglot/service";
import { expect, test } from "vitest";
import { ManualClock } from "../manual-clock.fixture.ts";
import { type ConsumerParts, MessageConsumer, type RegisteredMessages } from "./message-consumer.ts";

test("a consumer says why it takes nothing, and since when, while it tries again", async () => {
  const clock = new ManualClock("2026-06-01T10:00:00Z");
  let tries = 0;
  const connect = () => {
    tries += 1;
    return Promise.resolve({ kind: "problem", message: `try ${tries}` });
  };
  const registered = { pipeline: { id: "a>b#P" }, triggerName: "T", source: { place: "orders" } };
  // It never gets as far as a source.
  const parts = { clock, logger: silentLogger, connect } as unknown as ConsumerParts;
  const consumer = new MessageConsumer(registered as unknown as RegisteredMessages, parts);
  consumer.start();
  await clock.idle();
  const sinceMs = Date.parse("2026-06-01T10:00:00Z");
  expect(consumer.standing).toEqual({ state: "waiting to try again", sinceMs, problem: "try 1" });
  await clock.set("2026-06-01T10:01:00Z");
  expect(consumer.standing).toEqual({ state: "waiting to try again", sinceMs, problem: "try 2" });
  await consumer.stop();
});
