/** What the conformance suite does to each broker from outside: as those do who send to it and look into it. */
import { Consumer, Producer } from "@platformatic/kafka";
import { connect } from "amqplib";
import { Redis } from "ioredis";
import type { BrokerType } from "@polyglot/contracts";
import { type BrokerServer, kafka, rabbit, redis as redisServer, type ServerStart } from "./servers.fixture.ts";

export interface SentMessage {
  readonly body: string | Uint8Array;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: string;
  readonly id?: string;
}

export interface DeadLetter {
  readonly body: string;
  readonly reason: string;
}

export interface BrokerBed {
  readonly server: BrokerServer;
  /** All of them, in this order. */
  send(place: string, messages: readonly SentMessage[]): Promise<void>;
  /** Waits for so many. */
  deadLetters(place: string, count: number): Promise<DeadLetter[]>;
  close(): Promise<void>;
}

export interface BrokerCase {
  readonly type: BrokerType;
  readonly server: ServerStart;
  /** Whether it says that a message comes again. */
  readonly saysRedelivered: boolean;
  openBed(server: BrokerServer): Promise<BrokerBed>;
}

export const brokerCases: readonly BrokerCase[] = [
  { type: "redis", server: redisServer, saysRedelivered: true, openBed: openRedisBed },
  { type: "rabbitmq", server: rabbit, saysRedelivered: true, openBed: openRabbitBed },
  { type: "kafka", server: kafka, saysRedelivered: false, openBed: openKafkaBed },
];

async function openRedisBed(server: BrokerServer): Promise<BrokerBed> {
  const redis = new Redis(server.url, { protocol: 2 });
  redis.on("error", () => {});
  return {
    server,
    async send(place, messages) {
      for (const { body, contentType, headers = {}, key } of messages) {
        const fields: (string | Buffer)[] = ["body", Buffer.from(body)];
        if (contentType !== undefined) fields.push("content_type", contentType);
        if (key !== undefined) fields.push("key", key);
        for (const [name, value] of Object.entries(headers)) fields.push(name, value);
        await redis.xadd(place, "*", ...fields);
      }
    },
    async deadLetters(place, count) {
      const found: DeadLetter[] = [];
      for (let last = "0"; found.length < count; ) {
        const streams = await redis.xread("BLOCK", 0, "STREAMS", place, last);
        for (const [id, list] of streams?.[0]?.[1] ?? []) {
          last = id;
          const value = (name: string): string => list[list.indexOf(name) + 1] ?? "";
          found.push({ body: value("body"), reason: value("polyglot-reason") });
        }
      }
      return found;
    },
    close: async () => redis.disconnect(),
  };
}

async function openRabbitBed(server: BrokerServer): Promise<BrokerBed> {
  const connection = await connect(server.url);
  connection.on("error", () => {});
  const channel = await connection.createConfirmChannel();
  channel.on("error", () => {});
  return {
    server,
    async send(place, messages) {
      await channel.assertQueue(place, { durable: true });
      for (const { body, contentType, headers, id } of messages) {
        channel.sendToQueue(place, Buffer.from(body), {
          persistent: true,
          ...(contentType === undefined ? {} : { contentType }),
          ...(headers === undefined ? {} : { headers }),
          ...(id === undefined ? {} : { messageId: id }),
        });
      }
      await channel.waitForConfirms();
    },
    async deadLetters(place, count) {
      await channel.assertQueue(place, { durable: true });
      const found: DeadLetter[] = [];
      await new Promise<void>((resolve) => {
        void channel.consume(place, (message) => {
          if (message === null) return;
          channel.ack(message);
          const reason = String(message.properties.headers?.["polyglot-reason"]);
          found.push({ body: message.content.toString(), reason });
          if (found.length >= count) resolve();
        });
      });
      return found;
    },
    close: () => connection.close().catch(() => {}),
  };
}

async function openKafkaBed(server: BrokerServer): Promise<BrokerBed> {
  const options = { clientId: "tests", bootstrapBrokers: [new URL(server.url).host], autocreateTopics: true };
  const producer = new Producer(options);
  producer.on("error", () => {});
  return {
    server,
    async send(place, messages) {
      await producer.send({
        acks: -1,
        messages: messages.map(({ body, contentType, headers = {}, key }) => ({
          topic: place,
          // One partition, so that there is one order.
          partition: 0,
          value: Buffer.from(body),
          ...(key === undefined ? {} : { key: Buffer.from(key) }),
          headers: new Map(
            Object.entries({ ...headers, ...(contentType === undefined ? {} : { "content-type": contentType }) }).map(
              ([name, value]) => [Buffer.from(name), Buffer.from(value)],
            ),
          ),
        })),
      });
    },
    async deadLetters(place, count) {
      const consumer = new Consumer({ ...options, groupId: `tests-${place}` });
      const stream = await consumer.consume({ topics: [place], mode: "earliest", autocommit: false, maxWaitTime: 200 });
      const found: DeadLetter[] = [];
      for await (const { value, headers } of stream) {
        const names = new Map([...headers].map(([name, text]) => [name.toString(), text.toString()]));
        found.push({ body: value.toString(), reason: names.get("polyglot-reason") ?? "" });
        if (found.length >= count) break;
      }
      await consumer.close(true);
      return found;
    },
    close: () => producer.close(true),
  };
}
