/**
 * The stream to one controller, opened again whenever it breaks.
 *
 *     closed ──open, Hello + heartbeat──> greeting ──Welcome──> welcomed ──lease──> granting ──break──> closed
 *
 * Nothing but the greeting is sent before the controller's welcome, and no credit before the lease.
 * All that is ready in one turn of the event loop goes into one message; while a message is being written, more gathers.
 */
import { create } from "@bufbuild/protobuf";
import { backoffMs, type Clock, type Logger } from "@polyglot/service";
import { type AgentMessage, AgentMessageSchema, type ControllerMessage } from "@polyglot/contracts/service";
import type { Identity } from "./identity.ts";
import { limits } from "./limits.ts";
import { Telemetry } from "./telemetry.ts";
import { type Connection, openConnection } from "./transport.ts";

/** What the streams of one agent share. */
export interface SharedState {
  readonly clock: Clock;
  readonly logger: Logger;
  identity(): Identity;
  renewMs(): number;
  stopMs(): number;
  greet(stream: ControllerStream): AgentMessage;
  /** Adds a heartbeat, stamped with the time of its sending. */
  heartbeat(): AgentMessage["heartbeat"];
  progress(): AgentMessage["progress"];
  opened(stream: ControllerStream): void;
  closed(stream: ControllerStream): void;
  /** Results, occurrences and credits that are ready for this stream. */
  fill(message: AgentMessage, stream: ControllerStream): boolean;
  receive(message: ControllerMessage, stream: ControllerStream): void;
}

export class ControllerStream {
  readonly url: string;
  readonly #shared: SharedState;
  readonly telemetry = new Telemetry();
  #connection: Connection | undefined;
  #welcomed = false;
  #leased = false;
  #heartbeatDue = false;
  #lastLeaseAt = 0;
  #broken: AbortController | undefined;
  #controllerId = "";
  #retired = false;
  #onWelcome: () => void = () => undefined;
  #pulse: (() => void) | undefined;
  #poked = false;

  constructor(url: string, shared: SharedState) {
    this.url = url;
    this.#shared = shared;
  }

  /** As the last welcome said it. */
  get controllerId(): string {
    return this.#controllerId;
  }

  get isLeased(): boolean {
    return this.#leased;
  }

  /** The connection for calls beside the stream. */
  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** Keeps a stream open until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      const worked = await this.#serve(signal);
      if (signal.aborted || this.#retired) return;
      if (worked) attempt = 1;
      await this.#shared.clock.sleep(backoffMs(attempt, limits.reconnectBaseMs, limits.reconnectMaxMs), signal);
    }
  }

  /** Something is ready: a message goes out at the end of this turn of the event loop, unless one is being written. */
  poke(): void {
    if (this.#poked || this.#pulse === undefined) return;
    this.#poked = true;
    setImmediate(() => {
      this.#poked = false;
      const pulse = this.#pulse;
      this.#pulse = undefined;
      pulse?.();
    });
  }

  /** Ends the stream; it is opened again at once. */
  break(): void {
    this.#broken?.abort();
  }

  /** Ends the stream for good. */
  retire(): void {
    this.#retired = true;
    this.break();
  }

  welcome(controllerId: string): void {
    this.#controllerId = controllerId;
    this.#welcomed = true;
    this.#onWelcome();
    this.#shared.opened(this);
    this.poke();
  }

  leased(): void {
    this.#leased = true;
    this.#lastLeaseAt = this.#shared.clock.monotonic();
    this.poke();
  }

  /** True when the controller welcomed the stream before it broke. */
  async #serve(signal: AbortSignal): Promise<boolean> {
    const { logger } = this.#shared;
    const broken = new AbortController();
    this.#broken = broken;
    const either = AbortSignal.any([signal, broken.signal]);
    this.#connection = openConnection(this.url, this.#shared.identity());
    this.#lastLeaseAt = this.#shared.clock.monotonic();
    const beating = this.#beat(either, () => broken.abort());
    try {
      const messages = this.#connection.client.connect(this.#messages(either), { signal: either });
      for await (const message of messages) this.#shared.receive(message, this);
      logger.info({ url: this.url }, "the controller closed the stream");
    } catch (error) {
      if (!signal.aborted) logger.warn({ url: this.url, problem: String(error) }, "the stream to the controller broke");
    }
    broken.abort();
    await beating;
    return this.#close();
  }

  #close(): boolean {
    const wasWelcomed = this.#welcomed;
    this.#welcomed = false;
    this.#leased = false;
    this.#heartbeatDue = false;
    this.#connection?.close();
    this.#connection = undefined;
    if (wasWelcomed) this.#shared.closed(this);
    return wasWelcomed;
  }

  async *#messages(signal: AbortSignal): AsyncGenerator<AgentMessage> {
    const wake = () => this.#pulse?.();
    signal.addEventListener("abort", wake, { once: true });
    yield this.#shared.greet(this);
    while (!signal.aborted) {
      const message = this.#compose();
      if (message !== undefined) yield message;
      else await new Promise<void>((resolve) => (this.#pulse = resolve));
    }
  }

  /** Undefined when nothing is ready. */
  #compose(): AgentMessage | undefined {
    if (!this.#welcomed) return undefined;
    const message = create(AgentMessageSchema);
    let ready = this.#shared.fill(message, this);
    if (this.#heartbeatDue) {
      this.#heartbeatDue = false;
      message.heartbeat = this.#shared.heartbeat();
      message.progress = this.#shared.progress();
      ready = true;
    }
    ready = this.telemetry.fill(message) || ready;
    return ready ? message : undefined;
  }

  /** Heartbeats, and the end of a stream on which nobody answers them. */
  async #beat(signal: AbortSignal, giveUp: () => void): Promise<void> {
    const { clock, logger } = this.#shared;
    // The welcome says how often: until then the default counts, and the welcome ends that first wait.
    const welcomed = new AbortController();
    this.#onWelcome = () => welcomed.abort();
    await clock.sleep(this.#shared.renewMs(), AbortSignal.any([signal, welcomed.signal]));
    for (; !signal.aborted; await clock.sleep(this.#shared.renewMs(), signal)) {
      if (clock.monotonic() - this.#lastLeaseAt >= this.#shared.stopMs()) {
        logger.warn({ url: this.url }, "the controller answers no heartbeat");
        giveUp();
        return;
      }
      this.#heartbeatDue = true;
      this.poke();
    }
  }
}
