import { readFileSync } from "node:fs";
import { Failure } from "../client/failure.ts";

/** A file that a person named. */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new Failure("usage", `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
