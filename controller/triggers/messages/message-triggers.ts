/** The message triggers of the namespaces whose shards this controller holds, each with a consumer of its own. */
import { isMessageSource, parseMessageSource, splitPipelineId } from "@polyglot/contracts";
import { BackgroundTasks, type Service } from "@polyglot/service";
import type { ShardHolder } from "../../leader/shard-holder.ts";
import { shardOfTriggers } from "../../leader/shard-names.ts";
import type { SecretSources } from "../../secrets/secret-sources.ts";
import type { Database } from "../../store/database.ts";
import type { Activator } from "../activator.ts";
import type { Catalog, RegisteredPipeline } from "../catalog.ts";
import { BodySchema } from "../endpoints/body-schema.ts";
import { Pressure } from "../endpoints/pressure.ts";
import { Refused } from "../endpoints/trigger-request.ts";
import type { Occurrences } from "../occurrences.ts";
import { registrationsOf } from "../registrations.ts";
import type { OpenSource } from "./broker.ts";
import { findConnection } from "./connections.ts";
import { openKafkaTopic } from "./kafka/kafka-source.ts";
import {
  type ConsumerParts,
  type ConsumerStanding,
  MessageConsumer,
  type RegisteredMessages,
} from "./message-consumer.ts";
import { openRabbitQueue } from "./rabbitmq/rabbitmq-source.ts";
import { openRedisStream } from "./redis-streams/redis-streams-source.ts";

export const brokers = {
  rabbitmq: openRabbitQueue,
  kafka: openKafkaTopic,
  redis: openRedisStream,
} as const satisfies Record<string, OpenSource>;

export interface MessageTriggerParts extends Pick<ConsumerParts, "log" | "clock" | "logger"> {
  readonly catalog: Pick<Catalog, "pipelines" | "onChange">;
  readonly activator: Pick<Activator, "waiting" | "queueOf">;
  readonly occurrences: Pick<Occurrences, "accept" | "isSuspended">;
  readonly database: Database;
  readonly secrets: Pick<SecretSources, "read">;
  readonly holder: Pick<ShardHolder, "termOf" | "onChange" | "controllerId">;
}

interface Taken {
  /** What a change of starts it anew. */
  readonly fingerprint: string;
  readonly consumer: MessageConsumer;
}

export class MessageTriggers implements Service {
  readonly name = "message triggers";
  readonly #parts: MessageTriggerParts;
  readonly #consumerParts: ConsumerParts;
  readonly #tasks: BackgroundTasks;
  readonly #stoppers: (() => void)[] = [];
  readonly #taken = new Map<string, Taken>();
  /** Consumers begin when those before them have ended. */
  #turn: Promise<void> = Promise.resolve();

  constructor(parts: MessageTriggerParts) {
    const { activator, database, secrets, holder, occurrences, log, clock, logger } = parts;
    this.#parts = parts;
    this.#tasks = new BackgroundTasks((error) => logger.error({ error }, "message triggers could not be followed"));
    const pressure = new Pressure(database, activator, clock);
    this.#consumerParts = {
      ...{ occurrences, log, clock, logger, brokers },
      member: `polyglot-${holder.controllerId}`,
      connect: ({ pipeline, source }) =>
        findConnection(source, splitPipelineId(pipeline.id).namespace, { database, secrets }),
      isPressed: ({ pipeline: { id } }) => {
        const pipeline = parts.catalog.pipelines.get(id);
        return pipeline === undefined ? Promise.resolve(false) : isPressed(pressure, activator.queueOf(pipeline));
      },
    };
  }

  async start(): Promise<void> {
    const { catalog, holder } = this.#parts;
    const follow = (): void => this.#tasks.add(this.#followInTurn());
    this.#stoppers.push(catalog.onChange(follow), holder.onChange(follow));
    follow();
  }

  async stop(): Promise<void> {
    for (const stop of this.#stoppers.splice(0)) stop();
    await this.#tasks.drain();
    await this.#end([...this.#taken.keys()]);
  }

  /** Undefined where another controller takes its messages, or nobody does. */
  standingOf(pipelineId: string, triggerKey: string): ConsumerStanding | undefined {
    return this.#taken.get(`${pipelineId}\n${triggerKey}`)?.consumer.standing;
  }

  #followInTurn(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#follow());
    return this.#turn;
  }

  async #follow(): Promise<void> {
    const wanted = new Map(this.#wanted().map((one) => [keyOf(one), one]));
    const gone = [...this.#taken].filter(([key, { fingerprint }]) => {
      const now = wanted.get(key);
      return now === undefined || fingerprintOf(now) !== fingerprint;
    });
    await this.#end(gone.map(([key]) => key));
    for (const [key, registered] of wanted) {
      if (this.#taken.has(key)) continue;
      const consumer = new MessageConsumer(registered, this.#consumerParts);
      this.#taken.set(key, { fingerprint: fingerprintOf(registered), consumer });
      consumer.start();
    }
  }

  #wanted(): RegisteredMessages[] {
    const { catalog, holder, occurrences } = this.#parts;
    return [...catalog.pipelines.values()]
      .filter(({ id }) => holder.termOf(shardOfTriggers(splitPipelineId(id).namespace)) !== undefined)
      .filter((pipeline) => !occurrences.isSuspended(pipeline))
      .flatMap(messagesOf);
  }

  async #end(keys: readonly string[]): Promise<void> {
    const ended = keys.flatMap((key) => this.#taken.get(key) ?? []);
    for (const key of keys) this.#taken.delete(key);
    await Promise.all(ended.map(({ consumer }) => consumer.stop()));
  }
}

/** A source that cannot be read, or whose schema is none, is taken by nobody: the compiler has said so. */
function messagesOf(pipeline: RegisteredPipeline): RegisteredMessages[] {
  return registrationsOf(pipeline.plan).flatMap(({ key: triggerKey, name: triggerName, arguments: given }) => {
    const parsed = isMessageSource(triggerName) ? parseMessageSource(triggerName, given) : undefined;
    if (parsed === undefined || "fault" in parsed) return [];
    const source = parsed.value;
    const schema = source.schema === undefined ? undefined : BodySchema.compile(source.schema);
    if (schema !== undefined && "fault" in schema) return [];
    return [{ pipeline, triggerKey, triggerName, source, ...(schema === undefined ? {} : { schema }) }];
  });
}

const keyOf = ({ pipeline, triggerKey }: RegisteredMessages): string => `${pipeline.id}\n${triggerKey}`;

/** Another plan of the same trigger goes on with the same consumer: occurrences are decided by the plan of the moment. */
const fingerprintOf = ({ source }: RegisteredMessages): string => JSON.stringify(source);

async function isPressed(pressure: Pressure, queue: string): Promise<boolean> {
  try {
    await pressure.check({ queue });
    return false;
  } catch (error) {
    if (error instanceof Refused) return true;
    throw error;
  }
}
