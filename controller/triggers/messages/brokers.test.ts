/** What every broker has to do, against the real program of each. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Delivery, type Source, type SourceSettings } from "./broker.ts";
import { type BrokerBed, type BrokerCase, brokerCases } from "./broker-beds.fixture.ts";
import { brokers } from "./message-triggers.ts";

/** A broker's program may take long to start on a busy machine. */
const startMs = 180_000;
const testMs = 60_000;

/** Takes deliveries into a list; `next` waits for the one of an index. */
class Inbox {
  readonly deliveries: Delivery[] = [];
  #wake: (() => void)[] = [];

  readonly take = (delivery: Delivery): void => {
    this.deliveries.push(delivery);
    for (const wake of this.#wake.splice(0)) wake();
  };

  async next(index: number): Promise<Delivery> {
    for (;;) {
      const found = this.deliveries[index];
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }
}

const textOf = ({ body }: Delivery): string =>
  body instanceof Uint8Array ? Buffer.from(body).toString() : JSON.stringify(body);

describe.each(brokerCases.map((one): [string, BrokerCase] => [one.type, one]))("%s", (_type, broker) => {
  const reason = "missing" in broker.server ? ` (${broker.server.missing})` : "";
  const isMissing = "missing" in broker.server;
  let bed: BrokerBed;
  const open: Source[] = [];

  beforeAll(async () => {
    if ("missing" in broker.server) return;
    bed = await broker.openBed(await broker.server.start());
  }, startMs);
  afterAll(async () => {
    await bed?.close();
    await bed?.server.stop();
  }, testMs);

  const settingsOf = (parts: Partial<SourceSettings> = {}): SourceSettings => {
    const place = `orders-${randomUUID()}`;
    return { place, group: "tests", member: "one", prefetch: 10, from: "first", deadLetter: `${place}.dead`, ...parts };
  };
  const openSource = async (
    settings: SourceSettings,
    receive: (delivery: Delivery) => Promise<void>,
  ): Promise<Source> => {
    const source = await brokers[broker.type]({ url: bed.server.url }, settings, receive);
    open.push(source);
    return source;
  };
  const settleAll = (inbox: Inbox) => async (delivery: Delivery) => {
    await delivery.settle();
    inbox.take(delivery);
  };

  test.skipIf(isMissing)(
    `a message comes with what was sent, and once it is settled never again${reason}`,
    async () => {
      const settings = settingsOf();
      const headers = { tenant: "north" };
      const inbox = new Inbox();
      await bed.send(settings.place, [{ body: '{"a":1}', contentType: "application/json", headers, id: "first" }]);
      const source = await openSource(settings, settleAll(inbox));
      const first = await inbox.next(0);
      expect([textOf(first), first.contentType, first.headers["tenant"], first.redelivered]).toEqual([
        '{"a":1}',
        "application/json",
        "north",
        false,
      ]);
      expect(first.id).toBeTruthy();
      // Kafka's offsets are committed a moment after the records are settled: the next message tells of it.
      await bed.send(settings.place, [{ body: "second" }]);
      await inbox.next(1);
      await source.close();
      const again = new Inbox();
      const next = await openSource(settings, settleAll(again));
      await bed.send(settings.place, [{ body: "third" }]);
      expect(textOf(await last(again, "third"))).toBe("third");
      expect(again.deliveries.map(textOf)).not.toContain('{"a":1}');
      await next.close();
    },
    testMs,
  );

  test.skipIf(isMissing)(
    `what was not settled when a source ended comes again, in its order${reason}`,
    async () => {
      const settings = settingsOf();
      const held = new Inbox();
      await bed.send(
        settings.place,
        ["a", "b", "c"].map((body) => ({ body })),
      );
      const source = await openSource(settings, async (delivery) => {
        held.take(delivery);
        throw new Error("the store does not answer");
      });
      await held.next(0);
      expect(await source.ended).toContain("the store does not answer");
      await source.close();
      const inbox = new Inbox();
      const next = await openSource(settings, settleAll(inbox));
      await inbox.next(2);
      expect(inbox.deliveries.map(textOf).toSorted()).toEqual(["a", "b", "c"]);
      expect(inbox.deliveries.some(({ redelivered }) => redelivered)).toBe(broker.saysRedelivered);
      expect(inbox.deliveries.map(({ id }) => id)).toContain(held.deliveries[0]?.id);
      await next.close();
    },
    testMs,
  );

  test.skipIf(isMissing)(
    `a message that is buried lies among the dead letters with the reason, and does not come again${reason}`,
    async () => {
      const settings = settingsOf();
      const inbox = new Inbox();
      await bed.send(settings.place, [{ body: "poison" }, { body: "good" }]);
      const source = await openSource(settings, async (delivery) => {
        if (textOf(delivery) === "poison") await delivery.bury("it is poison");
        else await delivery.settle();
        inbox.take(delivery);
      });
      await inbox.next(1);
      expect(await bed.deadLetters(settings.deadLetter, 1)).toEqual([{ body: "poison", reason: "it is poison" }]);
      await source.close();
    },
    testMs,
  );

  test.skipIf(isMissing)(
    `no more are taken than the prefetch says until one is settled${reason}`,
    async () => {
      const settings = settingsOf({ prefetch: 2 });
      const inbox = new Inbox();
      await bed.send(
        settings.place,
        ["a", "b", "c", "d"].map((body) => ({ body })),
      );
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const source = await openSource(settings, async (delivery) => {
        inbox.take(delivery);
        await released;
        await delivery.settle();
      });
      await inbox.next(1);
      await bed.send(settings.place, [{ body: "e" }]);
      expect(inbox.deliveries.length).toBe(2);
      release();
      await inbox.next(4);
      await source.close();
    },
    testMs,
  );

  test.skipIf(isMissing)(
    `a paused source takes nothing until it is resumed${reason}`,
    async () => {
      const settings = settingsOf();
      const inbox = new Inbox();
      let isPaused = false;
      await bed.send(settings.place, [{ body: "before" }]);
      const source = await openSource(settings, async (delivery) => {
        expect(isPaused).toBe(false);
        await settleAll(inbox)(delivery);
      });
      await inbox.next(0);
      isPaused = true;
      source.pause();
      await bed.send(settings.place, [{ body: "while paused" }]);
      isPaused = false;
      source.resume();
      expect(textOf(await inbox.next(1))).toBe("while paused");
      await source.close();
    },
    testMs,
  );

  // The last: nothing comes from this broker any more.
  test.skipIf(isMissing)(
    `a source whose broker goes away ends and says why${reason}`,
    async () => {
      const settings = settingsOf();
      await bed.send(settings.place, [{ body: "a" }]);
      const inbox = new Inbox();
      const source = await openSource(settings, settleAll(inbox));
      await inbox.next(0);
      await bed.close();
      await bed.server.stop();
      expect(await source.ended).not.toBe("");
      await source.close();
      await expect(brokers[broker.type]({ url: bed.server.url }, settings, async () => {})).rejects.toThrow(/\S/);
    },
    testMs,
  );
});

async function last(inbox: Inbox, text: string): Promise<Delivery> {
  for (let index = 0; ; index++) {
    const delivery = await inbox.next(index);
    if (textOf(delivery) === text) return delivery;
  }
}
