/** Writing a file in full, so that no reader ever sees half of it: beside it first, then in its place. */
import { randomUUID } from "node:crypto";
import { access, constants, copyFile, open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { notRegular, openRegular } from "./open-regular.ts";
import { tellingPath } from "./system-problem.ts";

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
  await using handle = await openRegular(path, "append");
  await tellingPath(path, () => handle.writeFile(bytes));
}

/** The file of a link is replaced, not the link. */
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
  if (!found.isFile()) throw notRegular(path, found.isDirectory());
  await access(path, constants.W_OK);
  return found.mode & 0o777;
}
