import { constants, type FileHandle, open } from "node:fs/promises";
import { Refused } from "../given.ts";
import { tellingPath } from "./system-problem.ts";

const { O_RDONLY, O_WRONLY, O_CREAT, O_TRUNC, O_APPEND, O_NONBLOCK } = constants;

const flags = {
  read: O_RDONLY,
  write: O_WRONLY | O_CREAT | O_TRUNC,
  append: O_WRONLY | O_CREAT | O_APPEND,
} as const;

export type OpenMode = keyof typeof flags;

export const openModes = Object.keys(flags) as OpenMode[];

/**
 * Opens a regular file. A pipe or device may wait for ever, and opening one holds a thread that other executions need, so
 * nothing waits here and anything but a file is refused.
 */
export function openRegular(path: string, mode: OpenMode): Promise<FileHandle> {
  return tellingPath(path, async () => {
    const handle = await open(path, flags[mode] | O_NONBLOCK, 0o666);
    try {
      const found = await handle.stat();
      if (found.isFile()) return handle;
      throw notRegular(path, found.isDirectory());
    } catch (error) {
      await handle.close();
      throw error;
    }
  });
}

export const notRegular = (path: string, isFolder: boolean): Refused =>
  new Refused("FileError", isFolder ? `'${path}': it is a folder` : `'${path}': it is a pipe or device and no file`);
