/**
 * Memory that the workers of one attempt share, as files that never touch a disk: who makes a large array writes it there
 * once, who takes it maps it. The agent passes the names on and does not look inside.
 *
 *     written by a worker ──its answer names it──> adopted ──no value holds it any more──> gone
 *             └── its call died, or was stopped ──────────────┴── the attempt's end ──────> gone
 *
 * Workers may be users of their own, so the folder lets anyone who knows a name in and lists none; names hold 122 random
 * bits for each attempt. What an agent that was killed has left is swept at its next start.
 */
import { randomUUID } from "node:crypto";
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statfsSync,
  statSync,
  unlinkSync,
} from "node:fs";
import { join } from "node:path";
import { sha256 } from "@polyglot/contracts";
import { HeldValue } from "../convert/held-value.ts";
import { bytesOf, partsIn, type SharedMemory, type SharedPart, SharedPartLost } from "../convert/shared-part.ts";

export const sharedMemoryLimits = {
  /** Of one attempt. */
  attemptBytes: 2 * 2 ** 30,
  /** Of all attempts, and of what the file system has at the start. */
  agentBytes: 16 * 2 ** 30,
  shareOfFileSystem: 0.5,
} as const;

/** What a call is told: where references lead, how its own files are to begin, and how many bytes they may take. */
export interface SharedOffer {
  readonly folder: string;
  readonly prefix: string;
  readonly roomBytes: number;
}

const memoryFolder = "/dev/shm";

export class AgentMemory {
  readonly folder: string;
  readonly #attempts = new Map<string, AttemptMemory>();
  readonly #limit: number;
  #usedBytes = 0;

  private constructor(folder: string, limit: number) {
    this.folder = folder;
    this.#limit = limit;
  }

  /**
   * Empties the folder of the agent with this data folder. Answers why there is none where the host has no such memory:
   * values then travel as text.
   */
  static open(dataFolder: string, parent = memoryFolder): AgentMemory | Error {
    const folder = join(parent, `polyglot-${sha256(new TextEncoder().encode(dataFolder)).slice(7, 23)}`);
    try {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { mode: 0o700 });
      if (lstatSync(folder).uid !== process.getuid?.()) throw new Error(`${folder} is another user's`);
      chmodSync(folder, 0o1733);
      const { bsize, blocks } = statfsSync(folder);
      const { agentBytes, shareOfFileSystem } = sharedMemoryLimits;
      return new AgentMemory(folder, Math.min(agentBytes, bsize * blocks * shareOfFileSystem));
    } catch (problem) {
      return problem as Error;
    }
  }

  /** Of the attempt with this key, until its end. */
  of(attempt: string): AttemptMemory {
    const known = this.#attempts.get(attempt);
    if (known !== undefined) return known;
    const made = new AttemptMemory(this.folder, {
      room: () => this.#limit - this.#usedBytes,
      changed: (bytes) => (this.#usedBytes += bytes),
    });
    this.#attempts.set(attempt, made);
    return made;
  }

  end(attempt: string): void {
    this.#attempts.get(attempt)?.close();
    this.#attempts.delete(attempt);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface Whole {
  room(): number;
  changed(bytes: number): void;
}

export class AttemptMemory implements SharedMemory {
  readonly #folder: string;
  readonly #whole: Whole;
  readonly #name = randomUUID();
  readonly #held = new Map<string, { readonly bytes: number; holders: number }>();
  /** Tells when a value that holds parts is no longer there. */
  readonly #values = new FinalizationRegistry<readonly string[]>((names) => this.#release(names));
  #calls = 0;
  #bytes = 0;
  #mayHaveStrays = false;
  #isClosed = false;

  constructor(folder: string, whole: Whole) {
    this.#folder = folder;
    this.#whole = whole;
  }

  /** For one call. */
  offer(): SharedOffer {
    this.#calls += 1;
    const room = Math.min(sharedMemoryLimits.attemptBytes - this.#bytes, this.#whole.room());
    return { folder: `${this.#folder}/`, prefix: `${this.#name}-${this.#calls}-`, roomBytes: Math.max(0, room) };
  }

  /** The value that a worker answered with. Throws where a part of it is not there. */
  hold(text: string): HeldValue {
    const parts = partsIn(text);
    if (parts.length === 0) return new HeldValue(text);
    for (const part of parts) this.#adopt(part);
    const held = new HeldValue(text, this);
    this.#values.register(
      held,
      parts.map(({ name }) => name),
    );
    return held;
  }

  /** A call ended without an answer: what it had written is nobody's. */
  abandonCall(): void {
    this.#mayHaveStrays = true;
  }

  read(part: SharedPart): Uint8Array {
    const size = bytesOf(part);
    const bytes = new Uint8Array(size);
    const file = this.#open(part);
    try {
      for (let at = 0; at < size; ) {
        const got = readSync(file, bytes, at, size - at, at);
        if (got === 0)
          throw new SharedPartLost(`${part.name} is shorter than the ${size} bytes that it is said to hold`);
        at += got;
      }
    } finally {
      closeSync(file);
    }
    return bytes;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const name of this.#held.keys()) this.#remove(name);
    this.#held.clear();
    this.#whole.changed(-this.#bytes);
    if (this.#mayHaveStrays) this.#removeStrays();
  }

  #open({ name }: SharedPart): number {
    if (!this.#held.has(name)) throw new SharedPartLost(`${name} is no shared memory of this attempt`);
    try {
      return openSync(join(this.#folder, name), "r");
    } catch (problem) {
      throw new SharedPartLost(`${name} cannot be read`, { cause: problem });
    }
  }

  #adopt(part: SharedPart): void {
    const { name } = part;
    const known = this.#held.get(name);
    if (known === undefined && !name.startsWith(`${this.#name}-`)) {
      throw new SharedPartLost(`${name} is no shared memory of this attempt`);
    }
    const { size } = known === undefined ? statSync(join(this.#folder, name)) : { size: known.bytes };
    if (size < bytesOf(part))
      throw new SharedPartLost(`${name} is shorter than the ${bytesOf(part)} bytes of its elements`);
    if (known !== undefined) known.holders += 1;
    else {
      this.#held.set(name, { bytes: size, holders: 1 });
      this.#count(size);
    }
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#whole.changed(bytes);
  }

  #release(names: readonly string[]): void {
    if (this.#isClosed) return;
    for (const name of names) {
      const held = this.#held.get(name);
      if (held === undefined) continue;
      held.holders -= 1;
      if (held.holders > 0) continue;
      this.#held.delete(name);
      this.#count(-held.bytes);
      this.#remove(name);
    }
  }

  #removeStrays(): void {
    for (const name of readdirSync(this.#folder)) if (name.startsWith(`${this.#name}-`)) this.#remove(name);
  }

  #remove(name: string): void {
    try {
      unlinkSync(join(this.#folder, name));
    } catch (problem) {
      if ((problem as NodeJS.ErrnoException).code !== "ENOENT") throw problem;
    }
  }
}
