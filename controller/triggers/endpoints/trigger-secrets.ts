/** Values of the secrets that endpoints name, kept for moments: a webhook must not cost a query each. */
import type { Clock, Logger } from "@polyglot/service";
import type { SecretSources } from "../../secrets/secret-sources.ts";
import type { Queryable } from "../../store/database.ts";
import { readSecrets } from "../../store/secrets.ts";

/** How long a value that was replaced or removed still counts. */
const keepMs = 5_000;

interface Kept {
  readonly value: Promise<string | undefined>;
  readonly untilMs: number;
}

export interface TriggerSecretParts {
  readonly database: Queryable;
  readonly sources: Pick<SecretSources, "read">;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class TriggerSecrets {
  readonly #parts: TriggerSecretParts;
  readonly #kept = new Map<string, Kept>();

  constructor(parts: TriggerSecretParts) {
    this.#parts = parts;
  }

  /** Those that can be had; what keeps the others away is logged. Rejects where the store does not answer. */
  async read(names: readonly string[], namespace: string): Promise<string[]> {
    const values = await Promise.all(names.map((name) => this.#value(name, namespace)));
    return values.filter((value) => value !== undefined);
  }

  #value(name: string, namespace: string): Promise<string | undefined> {
    const place = `${namespace}\n${name}`;
    const now = this.#parts.clock.monotonic();
    const kept = this.#kept.get(place);
    if (kept !== undefined && kept.untilMs > now) return kept.value;
    const value = this.#fetch(name, namespace);
    this.#kept.set(place, { value, untilMs: now + keepMs });
    value.catch(() => this.#kept.delete(place));
    return value;
  }

  async #fetch(name: string, namespace: string): Promise<string | undefined> {
    const { database, sources, logger } = this.#parts;
    const [stored] = await readSecrets(database, name);
    const read = await sources.read(name, stored ?? { spec: undefined, value: undefined }, namespace);
    if (read.kind === "value") return read.value;
    logger.warn({ secret: name, namespace, problem: read.message }, "an endpoint has no secret");
    return undefined;
  }
}
