/**
 * Entries of a Redis stream, read by a consumer group. One controller at a time reads for a group, so it takes over at once
 * what an earlier one had taken and not settled, and later what others of the group leave lying. Redis 6.2 and newer.
 */
import { Redis } from "ioredis";
import {
  type BrokerAddress,
  deadLetterHeaders,
  type Delivery,
  Ending,
  type OpenSource,
  type Source,
} from "../broker.ts";
import type { SourceSettings } from "../broker.ts";
import { Gate } from "../gate.ts";

const limits = {
  connectMs: 10_000,
  /** The longest that one read waits for entries. */
  blockMs: 1_000,
  /** An entry that another consumer of the group has had for so long is taken over. */
  stuckMs: 60_000,
} as const;

type Entry = readonly [id: Buffer, fields: readonly Buffer[] | null];

export const openRedisStream: OpenSource = async (address, settings, receive) => {
  const source = new RedisStreamSource(address, settings, receive);
  await source.open();
  return source;
};

class RedisStreamSource implements Source {
  readonly #settings: SourceSettings;
  readonly #receive: (delivery: Delivery) => Promise<void>;
  readonly #ending = new Ending();
  readonly #gate = new Gate();
  /** A read that waits holds up its connection, so acknowledgements have their own. */
  readonly #reader: Redis;
  readonly #writer: Redis;
  #loop: Promise<void> = Promise.resolve();

  constructor(address: BrokerAddress, settings: SourceSettings, receive: (delivery: Delivery) => Promise<void>) {
    this.#settings = settings;
    this.#receive = receive;
    this.#reader = this.#connection(address);
    this.#writer = this.#connection(address);
  }

  get ended(): Promise<string> {
    return this.#ending.promise;
  }

  #connection({ url, isEncrypted, user, password }: BrokerAddress): Redis {
    const redis = new Redis(isEncrypted === true ? url.replace(/^redis:/, "rediss:") : url, {
      ...(user === undefined ? {} : { username: user }),
      ...(password === undefined ? {} : { password }),
      // Of the newer protocol answers of calls without a method of their own have another form.
      protocol: 2,
      connectTimeout: limits.connectMs,
      lazyConnect: true,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      // A connection that is lost ends the source: a new one takes over what was not settled.
      retryStrategy: () => null,
    });
    redis.on("error", (error: Error) => this.#ending.end(error));
    redis.on("end", () => this.#ending.end("the connection was closed"));
    return redis;
  }

  async open(): Promise<void> {
    try {
      await Promise.all([this.#reader.connect(), this.#writer.connect()]);
      await this.#createGroup();
    } catch (error) {
      this.#disconnect();
      throw error;
    }
    this.#loop = this.#run().catch((error: unknown) => this.#ending.end(error));
  }

  pause(): void {
    this.#gate.shut();
  }

  resume(): void {
    this.#gate.open();
  }

  async close(): Promise<void> {
    this.#ending.end("it was closed");
    this.#gate.open();
    this.#disconnect();
    await this.#loop;
  }

  #disconnect(): void {
    this.#reader.disconnect();
    this.#writer.disconnect();
  }

  async #createGroup(): Promise<void> {
    const { place, group, from } = this.#settings;
    try {
      await this.#writer.xgroup("CREATE", place, group, from === "first" ? "0" : "$", "MKSTREAM");
    } catch (error) {
      if (!String(error).includes("BUSYGROUP")) throw error;
    }
  }

  async #run(): Promise<void> {
    await this.#takeOver(0);
    let lookedAt = performance.now();
    while (!this.#ending.isOver) {
      await this.#gate.passed;
      if (this.#ending.isOver) return;
      const entries = await this.#readNew();
      await this.#deliver(entries, false);
      if (performance.now() - lookedAt < limits.stuckMs) continue;
      await this.#takeOver(limits.stuckMs);
      lookedAt = performance.now();
    }
  }

  /** What was taken, not settled, and not looked at for so long. */
  async #takeOver(idleMs: number): Promise<void> {
    const { place, group, member, prefetch } = this.#settings;
    let cursor = "0-0";
    do {
      await this.#gate.passed;
      const args = [place, group, member, String(idleMs), cursor, "COUNT", String(prefetch)];
      const [next, entries] = (await this.#reader.callBuffer("XAUTOCLAIM", ...args)) as [Buffer, (Entry | null)[]];
      await this.#deliver(entries, true);
      cursor = next.toString();
    } while (cursor !== "0-0" && !this.#ending.isOver);
  }

  async #readNew(): Promise<Entry[]> {
    const { place, group, member, prefetch } = this.#settings;
    const where = ["GROUP", group, member, "COUNT", String(prefetch), "BLOCK", String(limits.blockMs)];
    const streams = (await this.#reader.callBuffer("XREADGROUP", ...where, "STREAMS", place, ">")) as
      | [Buffer, Entry[]][]
      | null;
    return streams?.[0]?.[1] ?? [];
  }

  async #deliver(entries: readonly (Entry | null)[], redelivered: boolean): Promise<void> {
    // A read was under way perhaps when the source was paused.
    await this.#gate.passed;
    if (this.#ending.isOver) return;
    await Promise.all(
      entries.map(async (entry) => {
        if (entry === null) return;
        const [id, fields] = entry;
        // An entry that was deleted meanwhile cannot be had by anybody.
        if (fields === null) await this.#settle(id);
        else await this.#receive(this.#deliveryOf(id, fields, redelivered));
      }),
    );
  }

  #deliveryOf(id: Buffer, list: readonly Buffer[], redelivered: boolean): Delivery {
    const fields = pairsOf(list);
    const body = fields.get("body");
    const headers = Object.fromEntries([...fields].map(([name, value]) => [name, value.toString("utf8")]));
    const { body: _body, key = "", content_type: contentType, ...rest } = headers;
    return {
      body: body ?? headers,
      contentType,
      headers: body === undefined ? {} : rest,
      key,
      id: id.toString(),
      redelivered,
      sentAtMs: Number(id.toString().split("-")[0]),
      settle: () => this.#settle(id),
      bury: (reason) => this.#bury(id, list, reason),
    };
  }

  async #settle(id: Buffer): Promise<void> {
    const { place, group } = this.#settings;
    await this.#writer.xack(place, group, id);
  }

  /** In one step: the dead letter is there once. */
  async #bury(id: Buffer, list: readonly Buffer[], reason: string): Promise<void> {
    const { place, group, deadLetter } = this.#settings;
    const said = [deadLetterHeaders.reason, reason, deadLetterHeaders.place, place, deadLetterHeaders.id, id];
    await this.#writer
      .multi()
      .xadd(deadLetter, "*", ...list, ...said)
      .xack(place, group, id)
      .exec();
  }
}

function pairsOf(list: readonly Buffer[]): Map<string, Buffer> {
  const pairs = new Map<string, Buffer>();
  for (let at = 0; at + 1 < list.length; at += 2) {
    const [name, value] = [list[at], list[at + 1]];
    if (name !== undefined && value !== undefined) pairs.set(name.toString("utf8"), value);
  }
  return pairs;
}
