/** In this controller's memory: the least recently used values go first. */
import { LRUCache } from "lru-cache";
import { type Cache, longestValidMs, placeOf } from "./cache.ts";

/** Of all values and their keys. */
const defaultBytes = 256 * 1024 * 1024;

export class MemoryCache implements Cache {
  readonly #values: LRUCache<string, Uint8Array>;

  constructor(maxBytes: number = defaultBytes) {
    this.#values = new LRUCache<string, Uint8Array>({
      maxSize: maxBytes,
      sizeCalculation: (value, key) => value.length + 2 * key.length + 1,
    });
  }

  async get(namespace: string, key: string): Promise<Uint8Array | undefined> {
    return this.#values.get(placeOf(namespace, key));
  }

  async set(namespace: string, key: string, value: Uint8Array, validMs: number): Promise<void> {
    const place = placeOf(namespace, key);
    if (validMs === 0) this.#values.set(place, value);
    else this.#values.set(place, value, { ttl: Math.ceil(Math.min(validMs, longestValidMs)) });
  }

  async close(): Promise<void> {
    this.#values.clear();
  }
}
