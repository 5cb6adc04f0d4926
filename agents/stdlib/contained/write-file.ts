/** Writing a file in full, so that no reader ever sees half of it: beside it first, then in its place. */
import { randomUUID } from "node:crypto";
import { access, appendFile, constants, copyFile, open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { problemOfSystem } from "./system-problem.ts";

const newFileMode = 0o666;

export async function replaceFile(path: string, bytes: Buffer): Promise<void> {
  await intoPlace(path, async (temporary, mode) => {
    const handle = await open(temporary, "wx", mode ?? newFileMode);
    try {
      await handle.writeFile(bytes);
      // The file's own mode, which the umask would have cut.
      if (mode !== undefined) await handle.chmod(mode);
      await handle.datasync();
    } finally {
      await handle.close();
    }
  });
}

export async function copyIntoPlace(from: string, to: string): Promise<void> {
  await intoPlace(to, (temporary) => copyFile(from, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE));
}

export async function appendToFile(path: string, bytes: Buffer): Promise<void> {
  await tellingPath(path, () => appendFile(path, bytes));
}

/** The file of a link is replaced, not the link; a pipe or device is written to as it is not. */
async function intoPlace(path: string, write: (temporary: string, mode?: number) => Promise<void>): Promise<void> {
  await tellingPath(path, async () => {
    const target = await realpath(path).catch(() => path);
    const mode = await writableMode(target);
    const temporary = join(dirname(target), `.${basename(target).slice(0, 200)}.${randomUUID().slice(0, 8)}.tmp`);
    try {
      await write(temporary, mode);
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  });
}

/** A file that may not be written to is not replaced either, though its folder would allow it. */
async function writableMode(path: string): Promise<number | undefined> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined) return undefined;
  if (found.isDirectory()) throw Object.assign(new Error("it is a folder"), { code: "EISDIR" });
  if (!found.isFile()) throw Object.assign(new Error("it is no regular file; append to it"), { code: "EINVAL" });
  await access(path, constants.W_OK);
  return found.mode & 0o777;
}

export async function tellingPath<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw problemOfSystem(error, path) ?? error;
  }
}
