/**
 * The seam to brokers. A source gives messages, each of which is settled once it is decided: acknowledged, or buried in the
 * place of dead letters. A message that is neither comes again, to this source or to the next one:
 *
 *     waiting ──receive──> taken ──settle──> gone
 *                            ├── bury ──> a dead letter
 *                            └── the source ends ──> waiting
 */
export interface BrokerAddress {
  readonly url: string;
  /** Absent: as the URL says. */
  readonly isEncrypted?: boolean;
  readonly user?: string;
  readonly password?: string;
}

export interface SourceSettings {
  /** Queue, topic or stream. */
  readonly place: string;
  readonly group: string;
  /** This program, as the broker lists it. */
  readonly member: string;
  readonly prefetch: number;
  readonly from: "first" | "next";
  readonly deadLetter: string;
}

export interface Delivery {
  /** Texts by name where the broker keeps fields rather than bytes. */
  readonly body: Uint8Array | Readonly<Record<string, string>>;
  readonly contentType: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly key: string;
  /** Names the message in its place, the same at each delivery; absent: neither broker nor sender names it. */
  readonly id: string | undefined;
  /** Of a broker that counts messages. */
  readonly offset?: number;
  readonly redelivered: boolean;
  readonly sentAtMs: number | undefined;
  settle(): Promise<void>;
  bury(reason: string): Promise<void>;
}

export interface Source {
  /** Resolves with why, when the source ends by itself: what it had taken and not settled comes again. */
  readonly ended: Promise<string>;
  /** No message is handed over until it is resumed; those that were stay so. Twice is fine. */
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

/** Resolves when messages come. `receive` settles or buries; where it rejects, the source ends. */
export type OpenSource = (
  address: BrokerAddress,
  settings: SourceSettings,
  receive: (delivery: Delivery) => Promise<void>,
) => Promise<Source>;

/** Names of what a dead letter says of itself. */
export const deadLetterHeaders = {
  reason: "polyglot-reason",
  place: "polyglot-place",
  id: "polyglot-message-id",
} as const;

/** Resolves once, by whoever comes first. */
export class Ending {
  readonly promise: Promise<string>;
  #end: (reason: string) => void = () => {};
  #isOver = false;

  constructor() {
    this.promise = new Promise((resolve) => (this.#end = resolve));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The first reason counts. */
  end(reason: unknown): void {
    this.#isOver = true;
    this.#end(reason instanceof Error ? reason.message : String(reason));
  }
}
