/**
 * Takes the messages of one trigger, as long as this controller owns it. It is
 *
 *     connecting ──source opens──> taking ──queue at its mark──> paused ──room again──> taking
 *          ^──── wait, longer each time ──── the source ends, or the store does not answer
 *
 * A message is acknowledged once its activation is committed, or was already; what can never start the pipeline is buried
 * with the reason. Anything else ends the source, and the broker gives the message out again.
 */
import type { BrokerType, MessageSource } from "@polyglot/contracts";
import { backoffMs, type Clock, type Logger } from "@polyglot/service";
import type { ActivationLog } from "../activation-log.ts";
import type { RegisteredPipeline } from "../catalog.ts";
import type { BodySchema } from "../endpoints/body-schema.ts";
import type { Occurrences } from "../occurrences.ts";
import { type Delivery, Ending, type OpenSource, type Source } from "./broker.ts";
import type { FoundConnection } from "./connections.ts";
import { readMessage } from "./read-message.ts";

const limits = {
  /** Between two tries to reach a broker. */
  retryMs: { least: 500, most: 30_000 },
  /** A source that lasted so long is no failure: the next try comes at once. */
  soundMs: 30_000,
  /** How often a taking source asks whether its queue has room. */
  pressureMs: 1_000,
} as const;

/** Refusals that another plan or setting may lift: the message waits at its broker. */
const passing: ReadonlySet<string> = new Set(["pipeline/unknown", "pipeline/suspended"]);

export interface RegisteredMessages {
  readonly pipeline: RegisteredPipeline;
  readonly triggerKey: string;
  readonly triggerName: string;
  readonly source: MessageSource;
  readonly schema?: BodySchema;
}

export interface ConsumerParts {
  readonly occurrences: Pick<Occurrences, "accept">;
  readonly log: Pick<ActivationLog, "note">;
  readonly brokers: Readonly<Record<BrokerType, OpenSource>>;
  readonly connect: (registered: RegisteredMessages) => Promise<FoundConnection>;
  /** Whether the pipeline's queue takes no more for now. */
  readonly isPressed: (registered: RegisteredMessages) => Promise<boolean>;
  /** This program, as brokers list it. */
  readonly member: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How it stands, for people. */
export interface ConsumerStanding {
  readonly state: "connecting" | "taking" | "paused" | "waiting to try again";
  readonly sinceMs: number;
  /** Why nothing is taken; empty: nothing is wrong. */
  readonly problem: string;
}

export class MessageConsumer {
  readonly #registered: RegisteredMessages;
  readonly #parts: ConsumerParts;
  readonly #stopping = new AbortController();
  readonly #logger: Logger;
  #run: Promise<void> | undefined;
  #tries = 0;
  #standing: ConsumerStanding;

  constructor(registered: RegisteredMessages, parts: ConsumerParts) {
    this.#registered = registered;
    this.#parts = parts;
    this.#standing = { state: "connecting", sinceMs: parts.clock.now(), problem: "" };
    const { pipeline, triggerName, source } = registered;
    this.#logger = parts.logger.child({ pipelineId: pipeline.id, trigger: triggerName, place: source.place });
  }

  get standing(): ConsumerStanding {
    return this.#standing;
  }

  /** A problem that lasts is told since it began. */
  #stand(state: ConsumerStanding["state"], problem = ""): void {
    const before = this.#standing;
    const isSame = before.problem !== "" && problem !== "";
    this.#standing = { state, problem, sinceMs: isSame ? before.sinceMs : this.#parts.clock.now() };
  }

  start(): void {
    this.#run ??= this.#takeUntilStopped(this.#stopping.signal);
  }

  /** Resolves when nothing is taken any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#run;
  }

  async #takeUntilStopped(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    while (!signal.aborted) {
      const openedMs = clock.monotonic();
      const reason = await this.#takeOnce(signal).catch((error: unknown) => (error as Error).message);
      if (signal.aborted) return;
      if (clock.monotonic() - openedMs > limits.soundMs) this.#tries = 0;
      this.#tries += 1;
      const { least, most } = limits.retryMs;
      const waitMs = Math.round(backoffMs(this.#tries, least, most));
      this.#stand("waiting to try again", reason);
      this.#logger.warn({ problem: reason, waitMs }, "messages are not taken for now");
      await clock.sleep(waitMs, signal);
    }
  }

  /** Answers why it ended. */
  async #takeOnce(signal: AbortSignal): Promise<string> {
    const found = await this.#parts.connect(this.#registered);
    if (found.kind === "problem") return found.message;
    const failed = new Ending();
    const { pipeline, source: wanted } = this.#registered;
    const { place, prefetch, from, deadLetter, group = `polyglot.${pipeline.id}` } = wanted;
    const settings = { place, prefetch, from, deadLetter, group, member: this.#parts.member };
    const open = this.#parts.brokers[found.type];
    const source = await open(found.address, settings, (delivery) => this.#decide(delivery, signal, failed));
    const stop = (): void => failed.end("it was stopped");
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    this.#stand("taking");
    this.#logger.info({}, "messages are taken");
    void this.#heedPressure(source, failed, signal);
    const reason = await Promise.race([source.ended, failed.promise]);
    signal.removeEventListener("abort", stop);
    failed.end(reason);
    await source.close();
    return reason;
  }

  async #decide(delivery: Delivery, signal: AbortSignal, failed: Ending): Promise<void> {
    try {
      if (signal.aborted || failed.isOver) throw new Error("messages are not taken any more");
      await this.#settle(delivery);
    } catch (error) {
      failed.end(error);
      throw error;
    }
  }

  async #settle(delivery: Delivery): Promise<void> {
    const { pipeline, triggerKey, source, schema } = this.#registered;
    const read = readMessage(delivery, source, schema, this.#parts.clock.now());
    if (read.kind === "poison") return this.#bury(delivery, read.reason, true);
    const { fields, dedupeKey } = read;
    const occurrence = { pipelineId: pipeline.id, triggerKey, fields, dedupeKey, host: null };
    const [decision] = await this.#parts.occurrences.accept([occurrence]);
    if (decision === undefined) throw new Error("an occurrence was not decided");
    if (decision.kind !== "refused") return delivery.settle();
    if (passing.has(decision.code)) throw new Error(decision.message);
    await this.#bury(delivery, decision.message, false);
  }

  /** `isNews`: no activation log tells of it yet. */
  async #bury(delivery: Delivery, reason: string, isNews: boolean): Promise<void> {
    const { pipeline, triggerKey, triggerName } = this.#registered;
    const id = delivery.id ?? "";
    if (isNews) {
      const triggerContext = { message_id: id, key: delivery.key };
      this.#parts.log.note(
        { pipelineId: pipeline.id, triggerName, triggerKey, triggerContext },
        "refused",
        reason,
        id,
        null,
      );
    }
    await delivery.bury(reason);
  }

  async #heedPressure(source: Source, over: Ending, signal: AbortSignal): Promise<void> {
    const { clock, isPressed } = this.#parts;
    let isPaused = false;
    while (!over.isOver && !signal.aborted) {
      // A store that does not answer ends the source by the next message.
      const isFull = await isPressed(this.#registered).catch(() => isPaused);
      if (over.isOver) return;
      if (isFull !== isPaused) {
        if (isFull) source.pause();
        else source.resume();
        isPaused = isFull;
        this.#stand(isPaused ? "paused" : "taking");
        this.#logger.info({ isPaused }, "the queue's pressure changed");
      }
      await clock.sleep(limits.pressureMs, signal);
    }
  }
}
