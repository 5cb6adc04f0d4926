import { BackgroundTasks, backoffMs, type Clock, type Logger, type Service } from "@polyglot/service";
import { type Identity, type IdentityFile, isSameCertificate, lifeOf } from "./identity.ts";
import { join, renew } from "./join.ts";
import { limits } from "./limits.ts";

export interface MembershipParts {
  readonly agentId: string;
  readonly file: IdentityFile;
  readonly controllers: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** PEM; needed to join, and used instead of the stored one where given. */
  readonly authority: string | undefined;
  /** Needed only while no valid certificate is stored. */
  readonly token: string | undefined;
}

/** A person has to do something before this agent can work. */
export class NotAMember extends Error {
  override readonly name = "NotAMember";
}

/** Milliseconds between tries to renew, once two thirds of the certificate's life are over. */
const renewRetryMs = 60_000;

/** Joins where it has to, and keeps the certificate fresh. `identity` holds the present one from the start on. */
export class Membership implements Service {
  readonly name = "membership";
  readonly #parts: MembershipParts;
  readonly #tasks: BackgroundTasks;
  #identity: Identity | undefined;
  #stopping = new AbortController();

  constructor(parts: MembershipParts) {
    this.#parts = parts;
    this.#tasks = new BackgroundTasks((error) => parts.logger.error({ err: error }, "certificate renewal ended"));
  }

  get identity(): Identity {
    if (this.#identity === undefined) throw new Error("the agent has not joined yet");
    return this.#identity;
  }

  async start(): Promise<void> {
    this.#stopping = new AbortController();
    const stored = this.#stored();
    this.#identity = stored ?? (await this.#join(this.#stopping.signal));
    this.#tasks.add(this.#renewInTime(this.#stopping.signal));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#tasks.drain();
  }

  /** What another installation's authority signed is worth nothing here, if there is a token to join with. */
  #stored(): Identity | undefined {
    const { file, authority, clock, token, logger } = this.#parts;
    const stored = file.read();
    if (stored === undefined || lifeOf(stored.certificate).endsAt <= clock.now()) return undefined;
    if (authority === undefined) return stored;
    if (token !== undefined && !isSameCertificate(authority, stored.authority)) {
      logger.warn("the stored certificate is another authority's: joining anew");
      return undefined;
    }
    return { ...stored, authority };
  }

  async #join(signal: AbortSignal): Promise<Identity> {
    const { agentId, file, controllers, token, authority, clock, logger } = this.#parts;
    if (token === undefined) throw new NotAMember("no valid certificate is stored: start the agent with --token-file");
    if (authority === undefined) throw new NotAMember("to join, the agent needs the authority's certificate: --ca");
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      const url = controllers[(attempt - 1) % controllers.length] as string;
      const outcome = await join({ url, agentId, token, authority });
      if (outcome.kind === "joined") {
        file.write(outcome.identity);
        return outcome.identity;
      }
      if (outcome.kind === "refused") throw new NotAMember(`${url} refused the join: ${outcome.message}`);
      logger.warn({ url, problem: outcome.message }, "could not reach the controller to join");
      await clock.sleep(backoffMs(attempt, limits.reconnectBaseMs, limits.reconnectMaxMs), signal);
    }
    throw new NotAMember("stopped before the join");
  }

  async #renewInTime(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#parts;
    while (!signal.aborted) {
      const wait = lifeOf(this.identity.certificate).renewAt - clock.now();
      await clock.sleep(Math.min(Math.max(wait, 0), maxTimerMs), signal);
      if (signal.aborted || lifeOf(this.identity.certificate).renewAt > clock.now()) continue;
      try {
        await this.#renew();
      } catch (error) {
        logger.warn({ err: error }, "could not renew the certificate");
        await clock.sleep(renewRetryMs, signal);
      }
    }
  }

  async #renew(): Promise<void> {
    const { agentId, file, controllers, logger } = this.#parts;
    let problem: unknown;
    for (const url of controllers) {
      try {
        this.#identity = await renew(url, agentId, this.identity);
        file.write(this.#identity);
        logger.info("the certificate was renewed");
        return;
      } catch (error) {
        problem = error;
      }
    }
    throw problem;
  }
}

/** Timers of JavaScript hold 31 bits. */
const maxTimerMs = 2 ** 31 - 1;
