/** In a Redis that all controllers share. One that does not answer is an empty cache: no step fails by it. */
import type { Logger } from "@polyglot/service";
import { Redis } from "ioredis";
import { type Cache, longestValidMs, placeOf } from "./cache.ts";

const limits = {
  /** For an answer, and for a connection. */
  answerMs: 500,
  /** Between tries to reach it. */
  reconnectMs: 1_000,
  /** Of a value that is good until its room is needed: Redis says by itself when that is, and need not be told to. */
  unboundedMs: 7 * 86_400_000,
} as const;

export class RedisCache implements Cache {
  readonly #redis: Redis;
  readonly #logger: Logger;
  #isSilent = false;

  constructor(url: string, logger: Logger) {
    this.#logger = logger;
    this.#redis = new Redis(url, {
      connectTimeout: limits.answerMs,
      commandTimeout: limits.answerMs,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      retryStrategy: () => limits.reconnectMs,
    });
    this.#redis.on("error", (error: Error) => this.#note(error));
    this.#redis.on("ready", () => (this.#isSilent = false));
  }

  /** Resolves when it can be reached for the first time. */
  async ready(): Promise<void> {
    if (this.#redis.status !== "ready") await new Promise<void>((resolve) => this.#redis.once("ready", resolve));
  }

  async get(namespace: string, key: string): Promise<Uint8Array | undefined> {
    try {
      return (await this.#redis.getBuffer(nameOf(namespace, key))) ?? undefined;
    } catch (error) {
      this.#note(error);
      return undefined;
    }
  }

  async set(namespace: string, key: string, value: Uint8Array, validMs: number): Promise<void> {
    const ms = Math.ceil(Math.min(validMs === 0 ? limits.unboundedMs : validMs, longestValidMs));
    try {
      await this.#redis.set(nameOf(namespace, key), Buffer.from(value), "PX", ms);
    } catch (error) {
      this.#note(error);
    }
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
  }

  /** Once for each time that it goes away. */
  #note(error: unknown): void {
    if (this.#isSilent) return;
    this.#isSilent = true;
    this.#logger.warn({ problem: String(error) }, "the cache's Redis does not answer: it counts as empty");
  }
}

const nameOf = (namespace: string, key: string): string => `polyglot:cache:${placeOf(namespace, key)}`;
