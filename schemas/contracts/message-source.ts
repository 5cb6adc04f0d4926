/** What `|T.Message.` lines ask of a broker: read the same by the compiler and by the controller. */
import type { BrokerType } from "./kinds/connection.ts";
import { type ArgumentFault, faultless, FaultyArgument, type WrittenArguments } from "./faulty-argument.ts";
import type { CanonicalValue } from "./values.ts";

/** What each name calls the place of its messages, and the broker that has it; without one, the connection's. */
const names = {
  "T.Message.RabbitMQMessage": { argument: "queue", broker: "rabbitmq" },
  "T.Message.KafkaMessage": { argument: "topic", broker: "kafka" },
  "T.Message.RedisStream": { argument: "stream", broker: "redis" },
  "T.Message.QueueReceived": { argument: "queue", broker: undefined },
} as const satisfies Record<string, { readonly argument: string; readonly broker: BrokerType | undefined }>;

const limits = {
  /** The longest name that all brokers take. */
  placeCharacters: 249,
  prefetch: 1_000,
} as const;

const defaultPrefetch = 50;

export interface MessageSource {
  readonly broker: BrokerType | undefined;
  /** Queue, topic or stream. */
  readonly place: string;
  /** Name of a Connection; absent: the only one of the broker. */
  readonly connection?: string;
  /** Whose position it is in a topic or a stream; absent: the pipeline's own. */
  readonly group?: string;
  /** Where a group begins that is new. */
  readonly from: "first" | "next";
  /** Messages that may be taken and not decided yet. */
  readonly prefetch: number;
  /** Of messages that do not say their own. */
  readonly contentType?: string;
  readonly schema?: CanonicalValue;
  /** Where messages go that cannot start the pipeline. */
  readonly deadLetter: string;
}

export const isMessageSource = (name: string): name is keyof typeof names => Object.hasOwn(names, name);

/** The source, or the first argument that is not what it has to be. */
export function parseMessageSource(
  name: keyof typeof names,
  given: WrittenArguments,
): { readonly value: MessageSource } | { readonly fault: ArgumentFault } {
  return faultless(() => parse(name, given));
}

function parse(name: keyof typeof names, given: WrittenArguments): MessageSource {
  const { argument, broker } = names[name];
  const place = placeOf(argument, given[argument]);
  const { schema, connection, group, content_type: contentType } = given;
  if (schema !== undefined && (schema === null || typeof schema !== "object" || Array.isArray(schema))) {
    throw new FaultyArgument("schema", "a JSON Schema as a map", schema);
  }
  return {
    broker,
    place,
    from: fromOf(given["from"]),
    prefetch: prefetchOf(given["prefetch"]),
    deadLetter: given["dead_letter"] === undefined ? `${place}.dead` : placeOf("dead_letter", given["dead_letter"]),
    ...(schema === undefined ? {} : { schema }),
    ...(connection === undefined ? {} : { connection: textOf("connection", connection) }),
    ...(group === undefined ? {} : { group: placeOf("group", group) }),
    ...(contentType === undefined ? {} : { contentType: typeOf(contentType) }),
  };
}

function textOf(argument: string, value: CanonicalValue): string {
  if (typeof value !== "string" || value === "") throw new FaultyArgument(argument, "a name", value);
  return value;
}

function placeOf(argument: string, value: CanonicalValue | undefined): string {
  const isName = typeof value === "string" && value !== "" && value.length <= limits.placeCharacters;
  if (!isName || value.includes("\0")) {
    throw new FaultyArgument(argument, `a name of at most ${limits.placeCharacters} characters`, value);
  }
  return value;
}

function fromOf(value: CanonicalValue | undefined): MessageSource["from"] {
  if (value === undefined || value === "first") return "first";
  if (value === "next") return "next";
  throw new FaultyArgument("from", '"first" or "next"', value);
}

function prefetchOf(value: CanonicalValue | undefined): number {
  if (value === undefined) return defaultPrefetch;
  const isCount = typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= limits.prefetch;
  if (!isCount) throw new FaultyArgument("prefetch", `an int from 1 to ${limits.prefetch}`, value);
  return value;
}

function typeOf(value: CanonicalValue): string {
  if (typeof value === "string" && /^[\w.+-]+\/[\w.+-]+$/.test(value)) return value;
  throw new FaultyArgument("content_type", 'a type such as "application/json"', value);
}
