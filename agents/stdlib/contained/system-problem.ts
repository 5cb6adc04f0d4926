/** What the system refused, as an error of `pg\!`. */
import { Refused } from "../given.ts";

/** Codes of `errno` that are not plain trouble with a file. */
const types: Readonly<Record<string, string>> = {
  EACCES: "PermissionError",
  EPERM: "PermissionError",
  EROFS: "PermissionError",
  ENOSPC: "DiskFullError",
  EDQUOT: "DiskFullError",
  EMFILE: "ResourceError",
  ENFILE: "ResourceError",
  ENOMEM: "ResourceError",
  EAGAIN: "ResourceError",
  ETIMEDOUT: "TimeoutError",
  ECONNREFUSED: "NetworkError",
  ECONNRESET: "NetworkError",
  EHOSTUNREACH: "NetworkError",
  ENETUNREACH: "NetworkError",
  ENOTFOUND: "NetworkError",
  EPIPE: "NetworkError",
  ERR_INVALID_ARG_VALUE: "ValidationError",
};

const messages: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "a part of the path is no folder",
  EISDIR: "it is a folder",
  EEXIST: "it is there already",
  ENOTEMPTY: "the folder is not empty",
  ELOOP: "too many links lead on to each other",
  ENAMETOOLONG: "the name is too long",
  EXDEV: "the two places are on different file systems",
  EACCES: "it is not permitted",
  EPERM: "it is not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the quota of the disk is used up",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
};

/** Undefined for what is no refusal of the system: a fault of ours, or an abort. `at`: the path, for people. */
export function problemOfSystem(error: unknown, at?: string): Refused | undefined {
  if (!(error instanceof Error) || error.name === "AbortError") return undefined;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === undefined || !(code in types || code in messages || /^E[A-Z0-9]+$/.test(code))) return undefined;
  const place = at ?? path;
  const message = messages[code] ?? error.message;
  return new Refused(types[code] ?? "FileError", place === undefined ? message : `'${place}': ${message}`);
}

/** Errors of the system that `work` meets, told with the path. */
export async function tellingPath<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw problemOfSystem(error, path) ?? error;
  }
}
