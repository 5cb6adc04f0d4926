import { backoffMs, type Logger } from "@polyglot/service";
import { Client, escapeIdentifier } from "pg";

const reconnect = { baseMs: 50, maxMs: 2_000 } as const;

/** One connection that listens on all channels and comes back by itself. */
export class Listener {
  readonly #url: string;
  readonly #logger: Logger;
  readonly #channels = new Map<string, Set<(payload: string | undefined) => void>>();
  #client: Client | undefined;
  #connecting: Promise<void> | undefined;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(url: string, logger: Logger) {
    this.#url = url;
    this.#logger = logger;
  }

  async add(channel: string, listener: (payload: string | undefined) => void): Promise<() => void> {
    const listeners = this.#channels.get(channel) ?? new Set();
    const isNew = listeners.size === 0;
    this.#channels.set(channel, listeners.add(listener));
    if (this.#client === undefined) {
      this.#connecting ??= this.#connect(1);
      await this.#connecting;
    } else {
      if (isNew) await this.#client.query(`listen ${escapeIdentifier(channel)}`);
      listener(undefined);
    }
    return () => listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#connecting?.catch(() => undefined);
    await this.#client?.end().catch(() => undefined);
  }

  async #connect(attempt: number): Promise<void> {
    const client = new Client({ connectionString: this.#url });
    try {
      client.on("error", () => undefined);
      client.on("notification", ({ channel, payload }) => this.#tell(channel, payload ?? ""));
      await client.connect();
      for (const channel of this.#channels.keys()) await client.query(`listen ${escapeIdentifier(channel)}`);
      this.#client = client;
      this.#connecting = undefined;
      client.once("end", () => this.#lost());
      for (const channel of this.#channels.keys()) this.#tell(channel, undefined);
    } catch (error) {
      await client.end().catch(() => undefined);
      if (this.#stopped) return;
      this.#logger.warn({ attempt, error: (error as Error).message }, "cannot listen to the store yet");
      await new Promise<void>((resolve) => {
        this.#timer = setTimeout(resolve, backoffMs(attempt, reconnect.baseMs, reconnect.maxMs));
      });
      return this.#connect(attempt + 1);
    }
  }

  #lost(): void {
    this.#client = undefined;
    if (!this.#stopped) this.#connecting ??= this.#connect(1);
  }

  #tell(channel: string, payload: string | undefined): void {
    for (const listener of this.#channels.get(channel) ?? []) listener(payload);
  }
}
