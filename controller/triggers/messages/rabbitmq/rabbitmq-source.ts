/** Messages of a RabbitMQ queue. What is not settled when the channel closes, the broker gives out again. */
import { type ChannelModel, type ConfirmChannel, connect, type ConsumeMessage } from "amqplib";
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
  /** The broker and this program each miss the other after twice as long. */
  heartbeatSeconds: 10,
} as const;

type Receive = (delivery: Delivery) => Promise<void>;

export const openRabbitQueue: OpenSource = async (address, settings, receive) => {
  const connection = await connect(urlOf(address), { timeout: limits.connectMs });
  // An error without a listener would end the program.
  connection.on("error", () => {});
  try {
    await declareQueue(connection, settings.place);
    const channel = await connection.createConfirmChannel();
    channel.on("error", () => {});
    await channel.prefetch(settings.prefetch);
    const source = new RabbitSource(connection, channel, settings, receive);
    await source.open();
    return source;
  } catch (error) {
    await connection.close().catch(() => {});
    throw error;
  }
};

function urlOf({ url, isEncrypted, user, password }: BrokerAddress): string {
  const whole = new URL(isEncrypted === true ? url.replace(/^amqp:/, "amqps:") : url);
  if (user !== undefined) whole.username = encodeURIComponent(user);
  if (password !== undefined) whole.password = encodeURIComponent(password);
  whole.searchParams.set("heartbeat", String(limits.heartbeatSeconds));
  return whole.href;
}

/** A queue that exists stays as its owner made it; asking for one that does not closes the channel. */
async function declareQueue(connection: ChannelModel, queue: string): Promise<void> {
  const asking = await connection.createChannel();
  asking.on("error", () => {});
  try {
    await asking.checkQueue(queue);
    await asking.close();
  } catch (error) {
    if ((error as { code?: unknown }).code !== 404) throw error;
    const making = await connection.createChannel();
    making.on("error", () => {});
    await making.assertQueue(queue, { durable: true });
    await making.close();
  }
}

class RabbitSource implements Source {
  readonly #connection: ChannelModel;
  readonly #channel: ConfirmChannel;
  readonly #settings: SourceSettings;
  readonly #receive: Receive;
  readonly #ending = new Ending();
  readonly #running = new Set<Promise<void>>();
  readonly #gate = new Gate();
  #hasGrave = false;

  constructor(connection: ChannelModel, channel: ConfirmChannel, settings: SourceSettings, receive: Receive) {
    this.#connection = connection;
    this.#channel = channel;
    this.#settings = settings;
    this.#receive = receive;
    connection.on("error", (error) => this.#ending.end(error));
    connection.on("close", () => this.#ending.end("the connection was closed"));
    channel.on("error", (error) => this.#ending.end(error));
    channel.on("close", () => this.#ending.end("the channel was closed"));
  }

  get ended(): Promise<string> {
    return this.#ending.promise;
  }

  async open(): Promise<void> {
    await this.#channel.consume(this.#settings.place, (message) => this.#take(message));
  }

  /** What the prefetch allows is still given to this program and waits here, unsettled. */
  pause(): void {
    this.#gate.shut();
  }

  resume(): void {
    this.#gate.open();
  }

  async close(): Promise<void> {
    this.#ending.end("it was closed");
    this.#gate.open();
    await this.#connection.close().catch(() => {});
    await Promise.allSettled(this.#running);
  }

  #take(message: ConsumeMessage | null): void {
    if (message === null) return this.#ending.end("the queue was deleted");
    const running = this.#receiveInTurn(message).catch((error: unknown) => this.#ending.end(error));
    this.#running.add(running);
    void running.finally(() => this.#running.delete(running));
  }

  async #receiveInTurn(message: ConsumeMessage): Promise<void> {
    await this.#gate.passed;
    if (!this.#ending.isOver) await this.#receive(this.#deliveryOf(message));
  }

  #deliveryOf(message: ConsumeMessage): Delivery {
    const { properties, fields, content } = message;
    const { messageId, contentType, timestamp }: Readonly<Record<string, unknown>> = { ...properties };
    return {
      body: content,
      contentType: typeof contentType === "string" ? contentType : undefined,
      headers: headersOf(properties.headers ?? {}),
      key: fields.routingKey,
      id: typeof messageId === "string" && messageId !== "" ? messageId : undefined,
      redelivered: fields.redelivered,
      sentAtMs: typeof timestamp === "number" ? timestamp * 1_000 : undefined,
      settle: async () => this.#channel.ack(message),
      bury: (reason) => this.#bury(message, reason),
    };
  }

  /** Acknowledged once the broker has the dead letter: after a crash between the two it may be there twice. */
  async #bury(message: ConsumeMessage, reason: string): Promise<void> {
    const { place, deadLetter } = this.#settings;
    if (!this.#hasGrave) await declareQueue(this.#connection, deadLetter);
    this.#hasGrave = true;
    const { properties, content } = message;
    const said = { [deadLetterHeaders.reason]: reason, [deadLetterHeaders.place]: place };
    const { messageId, contentType, contentEncoding, timestamp } = properties;
    const kept = withoutAbsent({ messageId, contentType, contentEncoding, timestamp });
    const options = { ...kept, persistent: true, headers: { ...properties.headers, ...said } };
    await new Promise<void>((resolve, reject) => {
      this.#channel.sendToQueue(deadLetter, content, options, (error: unknown) =>
        error === null || error === undefined ? resolve() : reject(error),
      );
    });
    this.#channel.ack(message);
  }
}

const withoutAbsent = (options: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** Texts as they are, anything else as JSON. */
function headersOf(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts = Object.entries(headers).map(([name, value]): [string, string] => [name, textOf(value)]);
  return Object.fromEntries(texts);
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return Buffer.isBuffer(value) ? value.toString("utf8") : JSON.stringify(value);
}
