import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Endpoint } from "./endpoint.ts";

/** Folder that `up` keeps its data in, beside what it watches. */
export const dataFolderName = ".polyglot";

const fileName = "endpoint.json";

export interface EndpointFile {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
  /** Process of the `up` that wrote it. */
  readonly pid: number;
}

/** Appears whole: a command that looks at the same time sees the old one or the new one. */
export function writeEndpointFile(folder: string, endpoint: EndpointFile): void {
  const path = join(folder, fileName);
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(endpoint, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, path);
}

/** Leaves the file of another process alone. */
export function removeEndpointFile(folder: string, pid: number): void {
  const path = join(folder, fileName);
  if (readEndpointFile(path)?.pid === pid) rmSync(path);
}

/** Looks in `folder` and upward for `.polyglot/endpoint.json`. */
export function findEndpointFile(folder: string): Endpoint | undefined {
  const path = join(folder, dataFolderName, fileName);
  const found = readEndpointFile(path);
  if (found !== undefined) return { url: found.url, ca: found.ca, token: found.token, origin: path };
  const parent = dirname(folder);
  return parent === folder ? undefined : findEndpointFile(parent);
}

function readEndpointFile(path: string): EndpointFile | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as EndpointFile;
  } catch {
    return undefined;
  }
}
