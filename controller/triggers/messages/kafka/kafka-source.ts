/**
 * Records of a Kafka topic, read by a consumer group. A partition's offset is committed up to the first record that is not
 * decided, so what was not settled comes again in its order.
 */
import { Consumer, type Message, type MessagesStream, Producer } from "@platformatic/kafka";
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
  answerMs: 30_000,
  /** The longest that one fetch waits for records. */
  waitMs: 500,
  /** A member that is not heard of for so long loses its partitions. */
  sessionMs: 10_000,
  heartbeatMs: 3_000,
  rebalanceMs: 15_000,
  retries: 3,
} as const;

type Receive = (delivery: Delivery) => Promise<void>;
type KafkaStream = MessagesStream<Buffer, Buffer, Buffer, Buffer>;

export const openKafkaTopic: OpenSource = async (address, settings, receive) => {
  const consumer = new Consumer({
    ...optionsOf(address, settings),
    groupId: settings.group,
    sessionTimeout: limits.sessionMs,
    heartbeatInterval: limits.heartbeatMs,
    rebalanceTimeout: limits.rebalanceMs,
  });
  // An error without a listener would end the program.
  consumer.on("error", () => {});
  try {
    const stream = await consumer.consume({
      topics: [settings.place],
      autocommit: false,
      mode: "committed",
      fallbackMode: settings.from === "first" ? "earliest" : "latest",
      highWaterMark: settings.prefetch,
      maxWaitTime: limits.waitMs,
    });
    return new KafkaSource(consumer, stream, address, settings, receive);
  } catch (error) {
    await consumer.close(true).catch(() => {});
    throw error;
  }
};

/** `kafka://host:9092?bootstrap=other:9092,third:9092&sasl=SCRAM-SHA-512`: any of them tells of all. */
function optionsOf({ url, isEncrypted, user, password }: BrokerAddress, { member }: SourceSettings) {
  const { host, protocol, searchParams } = new URL(url);
  const others = searchParams.get("bootstrap")?.split(",") ?? [];
  const mechanism = mechanisms.find((known) => known === searchParams.get("sasl")?.toUpperCase()) ?? "SCRAM-SHA-256";
  const username = user ?? decodeURIComponent(new URL(url).username);
  return {
    clientId: member,
    bootstrapBrokers: [host.includes(":") ? host : `${host}:9092`, ...others.filter((one) => one !== "")],
    connectTimeout: limits.connectMs,
    timeout: limits.answerMs,
    retries: limits.retries,
    ...(isEncrypted === true || protocol === "kafkas:" ? { tls: {} } : {}),
    ...(password === undefined ? {} : { sasl: { mechanism, username, password } }),
  };
}

const mechanisms = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const;

class KafkaSource implements Source {
  readonly #consumer: Consumer;
  readonly #stream: KafkaStream;
  readonly #address: BrokerAddress;
  readonly #settings: SourceSettings;
  readonly #receive: Receive;
  readonly #ending = new Ending();
  readonly #gate = new Gate();
  readonly #loop: Promise<void>;
  #producer: Producer | undefined;

  constructor(
    consumer: Consumer,
    stream: KafkaStream,
    address: BrokerAddress,
    settings: SourceSettings,
    receive: Receive,
  ) {
    this.#consumer = consumer;
    this.#stream = stream;
    this.#address = address;
    this.#settings = settings;
    this.#receive = receive;
    stream.on("error", (error) => this.#ending.end(error));
    consumer.on("error", (error: unknown) => this.#ending.end(error));
    // The client would try on by itself, unseen; a new source begins at what is committed.
    consumer.on("client:broker:disconnect", () => this.#ending.end("the connection to a broker was closed"));
    consumer.on("client:broker:failed", () => this.#ending.end("a broker cannot be reached"));
    consumer.on("consumer:heartbeat:error", () => this.#ending.end("the group does not answer"));
    this.#loop = this.#run().then(
      () => this.#ending.end("the topic's records ended"),
      (error: unknown) => this.#ending.end(error),
    );
  }

  get ended(): Promise<string> {
    return this.#ending.promise;
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
    await this.#stream.close().catch(() => {});
    await this.#loop;
    await this.#consumer.close(true).catch(() => {});
    await this.#producer?.close(true).catch(() => {});
  }

  /** Records are decided many at once and committed in order. */
  async #run(): Promise<void> {
    let taken: Taken[] = [];
    for await (const message of this.#stream) {
      await this.#gate.passed;
      if (this.#ending.isOver) return;
      const decided = this.#decide(message);
      // Looked at when the records before it are decided.
      decided.catch(() => {});
      taken.push({ message, decided });
      const isFull = taken.length >= this.#settings.prefetch;
      if (!isFull && this.#stream.readableLength > 0) continue;
      await this.#commit(taken);
      taken = [];
    }
  }

  async #commit(taken: readonly Taken[]): Promise<void> {
    await Promise.all(taken.map(({ decided }) => decided));
    const last = new Map(taken.map(({ message }) => [message.partition, message]));
    for (const message of last.values()) await message.commit();
  }

  async #decide(message: KafkaMessage): Promise<void> {
    await this.#receive(this.#deliveryOf(message));
  }

  #deliveryOf(message: KafkaMessage): Delivery {
    const { key, value, offset, partition, timestamp } = message;
    const headers = headersOf(message);
    return {
      body: value ?? Buffer.alloc(0),
      contentType: headers["content-type"],
      headers,
      key: key?.toString("utf8") ?? "",
      id: `${partition}/${offset}`,
      offset: Number(offset),
      // The broker does not say.
      redelivered: false,
      sentAtMs: Number(timestamp),
      settle: async () => {},
      bury: (reason) => this.#bury(message, reason),
    };
  }

  /** Committed after it: after a crash between the two the dead letter may be there twice. */
  async #bury(message: KafkaMessage, reason: string): Promise<void> {
    const { place, deadLetter } = this.#settings;
    this.#producer ??= this.#createProducer();
    const said = {
      [deadLetterHeaders.reason]: reason,
      [deadLetterHeaders.place]: place,
      [deadLetterHeaders.id]: `${message.partition}/${message.offset}`,
    };
    const headers = new Map<Buffer, Buffer>(message.headers);
    for (const [name, text] of Object.entries(said)) headers.set(Buffer.from(name), Buffer.from(text));
    const { key, value } = message;
    await this.#producer.send({ messages: [{ topic: deadLetter, key, value, headers }], acks: -1 });
  }

  #createProducer(): Producer {
    const producer = new Producer({ ...optionsOf(this.#address, this.#settings), autocreateTopics: true });
    producer.on("error", () => {});
    return producer;
  }
}

type KafkaMessage = Message;

interface Taken {
  readonly message: KafkaMessage;
  readonly decided: Promise<void>;
}

function headersOf({ headers }: KafkaMessage): Record<string, string> {
  return Object.fromEntries([...headers].map(([name, value]) => [name.toString("utf8"), value.toString("utf8")]));
}
