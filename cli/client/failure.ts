/** What a command answers when it does not succeed. The numbers are part of the interface: scripts match on them. */
export const exitCodes = { failed: 1, usage: 2, unreachable: 3, timeout: 4 } as const satisfies Record<string, number>;
export type FailureKind = keyof typeof exitCodes;

/** An expected end of a command: a message for a person, and the exit code that its kind has. */
export class Failure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "Failure";
    this.kind = kind;
  }

  get exitCode(): number {
    return exitCodes[this.kind];
  }
}
