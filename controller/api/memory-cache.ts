/** Values that may be forgotten at any time, in this controller's memory: the least recently used ones go first. */
import { LRUCache } from "lru-cache";

const limits = {
  /** Of all values and their keys. */
  bytes: 256 * 1024 * 1024,
  /** Timers and dates hold more, but nobody waits for a century. */
  validMs: 366 * 86_400_000,
} as const;

export class MemoryCache {
  readonly #values: LRUCache<string, Uint8Array>;

  constructor(maxBytes: number = limits.bytes) {
    this.#values = new LRUCache<string, Uint8Array>({
      maxSize: maxBytes,
      sizeCalculation: (value, key) => value.length + 2 * key.length + 1,
    });
  }

  get(namespace: string, key: string): Uint8Array | undefined {
    return this.#values.get(placeOf(namespace, key));
  }

  /** `validMs` 0: until its room is needed. */
  set(namespace: string, key: string, value: Uint8Array, validMs: number): void {
    const place = placeOf(namespace, key);
    if (validMs === 0) this.#values.set(place, value);
    else this.#values.set(place, value, { ttl: Math.ceil(Math.min(validMs, limits.validMs)) });
  }
}

/** A namespace holds no line break. */
const placeOf = (namespace: string, key: string): string => `${namespace}\n${key}`;
