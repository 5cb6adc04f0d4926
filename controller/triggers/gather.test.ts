import type { CanonicalValue, PipelineId, TriggerRegistration } from "@polyglot/contracts";
import { expect, test } from "vitest";
import type { LatchedEvent } from "../store/latched-events.ts";
import { gather } from "./gather.ts";
import type { Need } from "./needs.ts";

const seconds = (count: number) => ({ $duration: { months: 0, seconds: count } });

const trigger = (key: string, given: Record<string, CanonicalValue> = {}): TriggerRegistration => ({
  key,
  name: "T.System.File.Created",
  kind: "event",
  arguments: given,
  bindings: [],
  any: [],
});

const need = (...triggers: TriggerRegistration[]): Need => ({ key: triggers[0]?.key ?? "", kind: "event", triggers });

/** `a1 b2:x`: an event of trigger `a` at second 1, one of `b` at second 2 with the correlation `x`. */
const events = (text: string): LatchedEvent[] =>
  text.split(" ").map((word) => {
    const [place = "", correlation = ""] = word.split(":");
    const triggerKey = place.slice(0, 1);
    const atMs = Number(place.slice(1)) * 1_000;
    return { eventId: word, pipelineId: "n#P" as PipelineId, triggerKey, fields: {}, host: null, correlation, atMs };
  });

function gathered(needs: Need[], text: string, nowSeconds: number): string {
  const { activations, passedOver, nextMs } = gather(needs, events(text), nowSeconds * 1_000);
  const said = activations.map((units) =>
    units.map((unit) => unit.events.map((one) => one.eventId).join("+")).join("&"),
  );
  const over = passedOver.map(({ event }) => `-${event.eventId}`);
  return [...said, ...over, ...(nextMs === undefined ? [] : [`@${nextMs / 1_000}`])].join(" ");
}

const a = trigger("a");
const b = trigger("b");

test.each([
  ["one trigger", [need(a)], "a1 a2", 3, "a1 a2"],
  ["two, of which one has not come", [need(a), need(b)], "a1 a2", 3, ""],
  ["two, in the order of their coming", [need(a), need(b)], "a1 a2 b3 a4 b5", 6, "a1&b3 a2&b5"],
  ["any of two", [need(a, b)], "b1 a2", 3, "b1 a2"],
  ["one and any of two", [need(a), need(b, trigger("c"))], "a1 c2 b3 a4", 5, "a1&c2 a4&b3"],
  ["two with the same key", [need(a), need(b)], "a1:x a2:y b3:y b4:z", 5, "a2:y&b3:y"],
])("%s", (_title, needs, text, now, expected) => {
  expect(gathered(needs, text, now)).toBe(expected);
});

const hurried = need(trigger("a", { debounce: seconds(5), max_wait: seconds(8) }));
const calm = need(trigger("a", { debounce: seconds(5) }));
const batch = need(trigger("a", { batch: 3, within: seconds(10) }));
const patient = need(trigger("a", { batch: 3, debounce: seconds(5) }));
const windowed = [need(trigger("a", { key: "k", window: seconds(10) })), need(trigger("b", { key: "k" }))];

test.each([
  ["of a burst the last one counts, once nothing comes any more", [calm], "a1 a2 a3", 7, "-a1 -a2 @8"],
  ["and its time is over then", [calm], "a3", 8, "a3"],
  ["two bursts are two", [calm], "a1 a2 a9", 10, "a2 -a1 @14"],
  ["a burst that lasts too long ends", [hurried], "a1 a4 a7 a10", 11, "a7 -a1 -a4 @15"],
  ["its beginning is kept until then", [hurried], "a1 a4 a7", 8, "-a4 @9"],
  ["and is what is left of it over a restart", [hurried], "a1 a7", 9, "a1 @12"],
  ["bursts of two keys are apart", [calm], "a1:x a2:y", 6.5, "a1:x @7"],
  ["a batch is full", [batch], "a1 a2 a3 a4", 5, "a1+a2+a3 @14"],
  ["a batch has waited long enough", [batch], "a1 a2", 11, "a1+a2"],
  ["a batch waits for nobody who came too late", [batch], "a1 a12", 13, "a1 @22"],
  ["a batch ends where a burst ends", [patient], "a1 a2", 7, "a1+a2"],
  ["an event whose window is over counts no more", windowed, "a1:x b12:x", 12, "-a1:x"],
  ["an event within its window waits to its end", windowed, "a1:x", 5, "@11"],
])("%s", (_title, needs, text, now, expected) => {
  expect(gathered(needs, text, now)).toBe(expected);
});
