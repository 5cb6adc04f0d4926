/**
 * What is kept until a controller has said that it is committed: results and occurrences. An item waits in the queue of
 * one open stream, is sent once on it, and goes to another stream, or to the same one anew, when it breaks.
 */
interface Entry<Item, Stream> {
  readonly item: Item;
  /** The stream that it belongs to while that one is open. */
  readonly home: Stream | undefined;
  /** The open stream on which it waits or was sent. */
  owner: Stream | undefined;
}

export class Unsettled<Key, Item, Stream extends object> {
  readonly #entries = new Map<Key, Entry<Item, Stream>>();
  readonly #queues = new Map<Stream, Key[]>();

  get size(): number {
    return this.#entries.size;
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  keys(): Iterable<Key> {
    return this.#entries.keys();
  }

  *items(): Iterable<Item> {
    for (const { item } of this.#entries.values()) yield item;
  }

  /** The stream that will carry it; undefined while none is open. */
  add(key: Key, item: Item, home?: Stream): Stream | undefined {
    const entry: Entry<Item, Stream> = { item, home, owner: undefined };
    this.#entries.set(key, entry);
    return this.#assign(key, entry);
  }

  settle(key: Key): boolean {
    return this.#entries.delete(key);
  }

  /** What waits nowhere, or away from its home, waits here from now on. */
  open(stream: Stream): void {
    this.#queues.set(stream, []);
    for (const [key, entry] of this.#entries) {
      if (entry.owner === undefined) this.#assign(key, entry);
    }
  }

  /** All that was waiting on the stream, or sent on it, waits anew. The streams that took some of it. */
  close(stream: Stream): ReadonlySet<Stream> {
    this.#queues.delete(stream);
    const takers = new Set<Stream>();
    for (const [key, entry] of this.#entries) {
      if (entry.owner !== stream) continue;
      entry.owner = undefined;
      const taker = this.#assign(key, entry);
      if (taker !== undefined) takers.add(taker);
    }
    return takers;
  }

  isWaiting(stream: Stream): boolean {
    return (this.#queues.get(stream)?.length ?? 0) > 0;
  }

  /** What goes into the next message of a stream: as much as the limits allow, at least one. */
  take(stream: Stream, maxItems: number, maxBytes: number, bytesOf: (item: Item) => number): Item[] {
    const queue = this.#queues.get(stream);
    const items: Item[] = [];
    let bytes = 0;
    let taken = 0;
    for (const key of queue ?? []) {
      const item = this.#entries.get(key)?.item;
      bytes += item === undefined ? 0 : bytesOf(item);
      if (items.length >= maxItems || (items.length > 0 && bytes > maxBytes)) break;
      taken += 1;
      if (item !== undefined) items.push(item);
    }
    queue?.splice(0, taken);
    return items;
  }

  #assign(key: Key, entry: Entry<Item, Stream>): Stream | undefined {
    const home = entry.home !== undefined && this.#queues.has(entry.home) ? entry.home : undefined;
    const stream = home ?? this.#queues.keys().next().value;
    if (stream === undefined) return undefined;
    entry.owner = stream;
    this.#queues.get(stream)?.push(key);
    return stream;
  }
}
