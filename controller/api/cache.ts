/** Values of namespaces that may be forgotten at any time. */
export interface Cache {
  /** Undefined where it is not there, not any more, or cannot be asked. */
  get(namespace: string, key: string): Promise<Uint8Array | undefined>;
  /** `validMs` 0: until its room is needed. */
  set(namespace: string, key: string, value: Uint8Array, validMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Longer ones end then: nobody waits for that. */
export const longestValidMs = 366 * 86_400_000;

/** A namespace holds no line break. */
export const placeOf = (namespace: string, key: string): string => `${namespace}\n${key}`;
