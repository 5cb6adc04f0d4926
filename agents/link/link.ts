/** All streams of an agent, and what they share: attempts, occurrences, credits and the lease. */
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type AgentMessage,
  AgentMessageSchema,
  type AttemptReference,
  type AttemptResult,
  type ControllerMessage,
  type ExecutionRequest,
  type FileOccurrence,
  FileOccurrenceSchema,
  type Heartbeat,
  HeartbeatSchema,
  type LogLine,
  type MetricsSample,
  type PreparedBundle,
  ProgressSchema,
} from "@polyglot/contracts/service";
import { BackgroundTasks, type Clock, type Logger, type Service } from "@polyglot/service";
import { type Ask, askUntilAnswered } from "./attempt-calls.ts";
import { Attempts, attemptKey } from "./attempts.ts";
import type { ControllerStream, SharedState } from "./controller-stream.ts";
import { Credits } from "./credits.ts";
import { Pace } from "./pace.ts";
import { fetchBundle } from "./fetch-bundle.ts";
import type { Identity } from "./identity.ts";
import { LeaseWatch } from "./lease-watch.ts";
import { limits } from "./limits.ts";
import type { LinkHandlers } from "./link-parts.ts";
import { StreamSet } from "./stream-set.ts";
import { Unsettled } from "./unsettled.ts";

type AttemptName = Pick<AttemptReference, "executionId" | "attemptNo">;

export interface LinkParts {
  readonly controllers: readonly string[];
  /** New for each start of the process. */
  readonly sessionId: string;
  /** Executions at once. */
  readonly capacity: number;
  readonly clock: Clock;
  readonly logger: Logger;
  identity(): Identity;
  readonly handlers: LinkHandlers;
}

export class Link implements Service {
  readonly name = "link";
  readonly #parts: LinkParts;
  readonly #attempts = new Attempts<ControllerStream>();
  readonly #occurrences = new Unsettled<bigint, FileOccurrence, ControllerStream>();
  readonly #credits: Credits<ControllerStream>;
  readonly #lease: LeaseWatch;
  readonly #streams: StreamSet;
  readonly #tasks: BackgroundTasks;
  #stopping = new AbortController();
  #draining = false;
  #occurrenceNumber = 0n;
  #idle: (() => void)[] = [];

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#credits = new Credits(parts.capacity, new Pace(parts.clock));
    this.#tasks = new BackgroundTasks((error) => parts.logger.error({ err: error }, "a stream ended in a fault"));
    this.#lease = new LeaseWatch({
      clock: parts.clock,
      onLease: (deadline) => parts.handlers.onLease(deadline),
      onLapse: () => this.#lapse(),
    });
    this.#streams = new StreamSet(this.#share(), this.#tasks);
  }

  /** Resolves when a controller granted the first lease, or with `stop`. */
  async start(): Promise<void> {
    this.#stopping = new AbortController();
    this.#follow(this.#parts.controllers);
    this.#tasks.add(this.#lease.run(this.#stopping.signal));
    await this.#lease.leased();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#lease.wakeAll();
    for (const wake of this.#idle.splice(0)) wake();
    await this.#tasks.drain();
    this.#streams.clear();
  }

  /** Occurrences that are not committed yet: who makes them slows down by it. */
  get waitingOccurrences(): number {
    return this.#occurrences.size;
  }

  /**
   * Takes no further executions, and resolves when all that it has are settled. Credits that were granted are void with
   * their streams, so these are opened anew.
   */
  async drain(): Promise<void> {
    this.#draining = true;
    if (this.#isIdle()) return;
    this.reconnect();
    if (!this.#isIdle()) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** A background branch of an attempt goes on after it, under an id of its own: said before the attempt is reported. */
  adopt(branch: AttemptName, parent: AttemptName): void {
    this.#attempts.adopt(attemptKey(branch), attemptKey(parent));
  }

  /** The result of an attempt; kept until a controller settled it. Of an attempt that was lost nothing is said. */
  report(result: AttemptResult): void {
    this.#lease.check();
    this.#attempts.report(result)?.poke();
  }

  /** The attempt will have no result: the controller gives it to another when this agent no longer names it. */
  lose(attempt: AttemptName): void {
    this.#attempts.lose(attemptKey(attempt));
    this.#wakeIfIdle();
  }

  /** The attempt did not begin, and takes no place: it is as if it had never come. */
  drop(attempt: AttemptName): void {
    this.#attempts.forget(attemptKey(attempt));
    this.leave(attempt);
  }

  /** Nothing of the attempt runs any more. */
  leave(attempt: AttemptName): void {
    const home = this.#attempts.leave(attemptKey(attempt));
    if (home === undefined) return;
    this.#credits.release(home);
    this.#streams.poke();
    this.#wakeIfIdle();
  }

  log(line: LogLine): void {
    this.#tell(line, (telemetry) => telemetry.log(line));
  }

  measure(attempt: AttemptName, sample: MetricsSample): void {
    this.#tell(attempt, (telemetry) => telemetry.measure(sample));
  }

  prepared(bundle: PreparedBundle): void {
    for (const stream of this.#streams.open) stream.telemetry.prepared(bundle);
    this.#streams.poke();
  }

  /** Kept until a controller committed it. */
  occur(occurrence: Omit<MessageInitShape<typeof FileOccurrenceSchema>, "number" | "$typeName">): void {
    this.#occurrenceNumber += 1n;
    const number = this.#occurrenceNumber;
    this.#occurrences.add(number, create(FileOccurrenceSchema, { ...occurrence, number }))?.poke();
  }

  /** The archive of a bundle, from any controller that is there. */
  async fetchBundle(digest: string): Promise<Uint8Array> {
    const stream = this.#streams.any();
    if (stream?.connection === undefined) throw new Error(`no controller is connected to fetch ${digest} from`);
    return fetchBundle(stream.connection.client, digest, limits.bundleBytes);
  }

  /** New for each start of the process: calls of attempts name it. */
  get sessionId(): string {
    return this.#parts.sessionId;
  }

  /**
   * Asks a controller on behalf of a running attempt: the one that it came from, or any, until one answers. Rejects with
   * what the controller refuses, and with `CallGivenUp` once the signal aborts.
   */
  ask<Answer>(attempt: AttemptName, signal: AbortSignal, ask: Ask<Answer>): Promise<Answer> {
    const key = attemptKey(attempt);
    const connection = () => {
      if (this.#attempts.isUnknown(key)) return undefined;
      return this.#attempts.homeOf(key)?.connection ?? this.#streams.any()?.connection;
    };
    return askUntilAnswered(connection, this.#parts.clock, signal, ask);
  }

  /** Ends the stream that brought something unintelligible, so that both sides start from what they know. */
  reconnect(): void {
    this.#streams.break();
  }

  #share(): SharedState {
    const { clock, logger } = this.#parts;
    return {
      clock,
      logger,
      identity: () => this.#parts.identity(),
      renewMs: () => this.#lease.times.renewMs,
      stopMs: () => this.#lease.times.stopMs,
      greet: () => this.#greet(),
      heartbeat: () => this.#heartbeat(),
      progress: () => create(ProgressSchema, { attempts: [...this.#parts.handlers.progress()] }),
      opened: (stream) => this.#opened(stream),
      closed: (stream) => this.#closed(stream),
      fill: (message, stream) => this.#fill(message, stream),
      receive: (message, stream) => this.#receive(message, stream),
    };
  }

  #follow(urls: readonly string[]): void {
    this.#streams.follow(urls, this.#stopping.signal);
    this.#credits.shareAmong(this.#streams.size);
  }

  #greet(): AgentMessage {
    const facts = this.#parts.handlers.facts();
    const { sessionId, capacity } = this.#parts;
    return create(AgentMessageSchema, {
      hello: {
        ...facts,
        labels: { ...facts.labels },
        runtimes: [...facts.runtimes],
        planDigests: [...facts.planDigests],
        bundleDigests: [...facts.bundleDigests],
        sessionId,
        capacity,
        held: [...this.#attempts.references()],
        lost: [...this.#attempts.lostReferences()],
      },
      heartbeat: this.#heartbeat(),
    });
  }

  #heartbeat(): Heartbeat {
    const host = this.#parts.handlers.hostSample();
    const running = this.#attempts.running;
    const checks = [...this.#parts.handlers.checkReadings()];
    const number = this.#lease.send();
    return create(HeartbeatSchema, { number, running, checks, ...(host === undefined ? {} : { host }) });
  }

  #opened(stream: ControllerStream): void {
    this.#streams.opened(stream);
    this.#credits.open(stream);
    this.#attempts.unsettled.open(stream);
    this.#occurrences.open(stream);
  }

  #closed(stream: ControllerStream): void {
    this.#credits.close(stream);
    this.#attempts.unsettled.close(stream);
    this.#occurrences.close(stream);
    this.#streams.closed(stream);
  }

  #fill(message: AgentMessage, stream: ControllerStream): boolean {
    const { itemsPerMessage, bytesPerMessage } = limits;
    message.results = this.#attempts.unsettled.take(stream, itemsPerMessage, bytesPerMessage, bytesOfResult);
    message.occurrences = this.#occurrences.take(stream, itemsPerMessage, bytesPerMessage, bytesOfOccurrence);
    message.credits = stream.isLeased && !this.#draining ? this.#credits.grant(stream) : 0;
    return message.results.length > 0 || message.occurrences.length > 0 || message.credits > 0;
  }

  #receive(message: ControllerMessage, stream: ControllerStream): void {
    const { handlers } = this.#parts;
    this.#lease.check();
    if (message.welcome !== undefined) {
      // One controller under two addresses has one stream: the first.
      if (this.#streams.hasTwin(message.welcome.controllerId, stream)) return this.#retire(stream);
      this.#lease.follow(message.welcome);
      stream.welcome(message.welcome.controllerId);
    }
    if (message.lease !== undefined && this.#lease.grant(message.lease.number)) stream.leased();
    if (message.controllers.length > 0) this.#follow(message.controllers);
    for (const reference of message.settled) {
      for (const carrier of this.#attempts.settle(attemptKey(reference))) carrier.poke();
    }
    for (const number of message.occurrencesSettled) this.#occurrences.settle(number);
    if (message.executions.length > 0) this.#take(message.executions, stream);
    if (message.cancellations.length > 0) handlers.onCancellations(message.cancellations);
    if (message.watches !== undefined) handlers.onWatches(message.watches);
    if (message.prepare !== undefined) handlers.onPrepare(message.prepare);
    this.#wakeIfIdle();
  }

  #take(requests: readonly ExecutionRequest[], stream: ControllerStream): void {
    const taken: ExecutionRequest[] = [];
    for (const request of requests) {
      this.#credits.spend(stream);
      if (!this.#attempts.accept(attemptKey(request), stream)) continue;
      this.#credits.occupy(stream);
      taken.push(request);
    }
    if (taken.length > 0) this.#parts.handlers.onExecutions(taken);
    stream.poke();
  }

  #retire(stream: ControllerStream): void {
    this.#streams.retire(stream);
    this.#credits.shareAmong(this.#streams.size);
  }

  #lapse(): void {
    this.#parts.logger.error({ running: this.#attempts.running }, "the lease could not be renewed: all work is killed");
    this.#attempts.loseRunning();
    this.#parts.handlers.onLapse();
    // The controllers learn from the next greeting that the attempts are not held any more.
    this.#streams.break();
  }

  /** News of an attempt go where it came from, or anywhere. */
  #tell(attempt: AttemptName, add: (telemetry: ControllerStream["telemetry"]) => void): void {
    const stream = this.#attempts.homeOf(attemptKey(attempt)) ?? this.#streams.any();
    if (stream === undefined) return;
    add(stream.telemetry);
    stream.poke();
  }

  #isIdle(): boolean {
    return this.#attempts.running === 0 && this.#attempts.unsettled.size === 0;
  }

  #wakeIfIdle(): void {
    if (this.#idle.length > 0 && this.#isIdle()) for (const wake of this.#idle.splice(0)) wake();
  }
}

/** About: a step's record is small, and there may be many. */
const bytesOfResult = (result: AttemptResult): number => result.outputs.length + result.steps.length * 256;
const bytesOfOccurrence = (occurrence: FileOccurrence): number => occurrence.path.length;
