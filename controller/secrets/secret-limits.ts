/** Of one value. Shorter ones could not be told from other text, and would be cut out of every log. */
export const secretLimits = { leastBytes: 4, bytes: 64 * 1024 } as const;

const decoder = new TextDecoder("utf-8", { fatal: true });

/** The value, or a sentence that says what is wrong with it and tells nothing of it. */
export function parseValue(bytes: Uint8Array): { readonly value: string } | { readonly problem: string } {
  const { leastBytes, bytes: most } = secretLimits;
  if (bytes.length < leastBytes || bytes.length > most) {
    return { problem: `a secret's value has ${leastBytes} to ${most} bytes, and this one has ${bytes.length}` };
  }
  if (bytes.includes(0)) return { problem: "a secret's value has no U+0000" };
  try {
    return { value: decoder.decode(bytes) };
  } catch {
    return { problem: "a secret's value is text in UTF-8, and this one is not" };
  }
}
