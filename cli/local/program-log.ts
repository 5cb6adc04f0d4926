import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** Bytes of a log file at which the next start begins a new one; the one before it is kept. */
const limitBytes = 16 * 1024 * 1024;

/** Finds what a line says to a person; undefined for a line that is for the file alone. */
export type ReadWarning = (line: string) => string | undefined;

export interface ProgramLogOptions {
  readonly name: string;
  readonly path: string;
  readonly readWarning: ReadWarning;
  readonly onWarning: (line: string) => void;
}

/** The log of one program in a file, its warnings and errors passed on as a sentence. */
export class ProgramLog {
  readonly #options: ProgramLogOptions;
  #file: number | undefined;

  constructor(options: ProgramLogOptions) {
    const { path } = options;
    this.#options = options;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > limitBytes) renameSync(path, `${path}.1`);
    this.#file = openSync(path, "a", 0o600);
  }

  write(line: string): void {
    if (this.#file !== undefined) writeSync(this.#file, `${line}\n`);
    const warning = this.#options.readWarning(line);
    if (warning !== undefined) this.#options.onWarning(`${this.#options.name}: ${warning}`);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

/** pino's number of the level from which a line is shown. */
const shownLevel = 40;

interface Logged {
  readonly message?: string;
}

/** The message of a JSON line at warning level or above; also a line that is no JSON, as Node prints when it crashes. */
export const readProgramWarning: ReadWarning = (line) => {
  try {
    const entry = JSON.parse(line) as { level?: number; msg?: string; err?: Logged; error?: Logged };
    if ((entry.level ?? 0) < shownLevel) return undefined;
    const cause = (entry.err ?? entry.error)?.message;
    return cause === undefined || cause === entry.msg ? entry.msg : `${entry.msg ?? ""}: ${cause}`;
  } catch {
    return line.trim() === "" ? undefined : line;
  }
};

export const readPostgresWarning: ReadWarning = (line) => /(?:FATAL|PANIC): {2}.*/.exec(line)?.[0];
