/** A file that an execution has open: reads and writes follow each other in the order in which they were asked for. */
import type { FileHandle } from "node:fs/promises";
import { type Given, Refused } from "../given.ts";
import { absolute } from "./paths.ts";
import type { ContainedContext } from "./contained-function.ts";
import { type OpenMode, openModes, openRegular } from "./open-regular.ts";
import { readRest } from "./read-file.ts";

export const fileKind = "file";

export class OpenFile {
  readonly path: string;
  readonly mode: OpenMode;
  /** What is written are lines, each with the time before it. */
  readonly isLog: boolean;
  readonly #handle: FileHandle;
  #last: Promise<unknown> = Promise.resolve();

  constructor(handle: FileHandle, path: string, mode: OpenMode, isLog: boolean) {
    this.#handle = handle;
    this.path = path;
    this.mode = mode;
    this.isLog = isLog;
  }

  /** From where the last reading ended to the end of the file. */
  readRest(context: ContainedContext): Promise<Buffer> {
    this.#demand("read");
    return this.#next(() => readRest(this.#handle, this.path, context, 0));
  }

  write(bytes: Buffer): Promise<void> {
    this.#demand("write", "append");
    return this.#next(async () => this.#handle.writeFile(bytes));
  }

  async close(): Promise<void> {
    await this.#last.catch(() => undefined);
    await this.#handle.close();
  }

  #demand(...modes: readonly OpenMode[]): void {
    if (modes.includes(this.mode)) return;
    throw new Refused("FileError", `'${this.path}' was opened to ${this.mode}, which is not to ${modes.join(" or ")}`);
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.catch(() => undefined).then(work);
    this.#last = done;
    return done;
  }
}

/** Opens a file and gives a handle of it, which the execution owns. */
export async function openFile(given: Given<ContainedContext>, mode: OpenMode, isLog = false) {
  const { resources } = given.context;
  const name = given.text("path");
  const path = absolute(name, "path", given.context);
  const file = new OpenFile(await openRegular(path, mode), path, mode, isLog);
  return resources.add(fileKind, file, () => file.close(), name);
}

export function modeOf(given: Given<ContainedContext>): OpenMode {
  if (!given.has("mode") || given.any("mode") === null) return "read";
  const asked = given.text("mode");
  const found = openModes.find((mode) => mode === asked);
  if (found !== undefined) return found;
  throw new Refused("ValidationError", `'mode' is read, write or append, and is '${asked.slice(0, 40)}'`);
}
