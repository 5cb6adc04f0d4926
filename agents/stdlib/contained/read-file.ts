import type { FileHandle } from "node:fs/promises";
import { Refused } from "../given.ts";
import type { ContainedContext } from "./contained-function.ts";
import { openRegular } from "./open-regular.ts";
import { tellingPath } from "./system-problem.ts";

/** Bytes read at once, at most. */
const pieceBytes = 2 ** 20;
/** Also of a file that says it is empty, which those of `/proc` do. */
const smallestPieceBytes = 2 ** 16;

export async function readFile(path: string, context: ContainedContext): Promise<Buffer> {
  const { maxValueBytes } = context.settings.limits;
  await using handle = await openRegular(path, "read");
  return await tellingPath(path, async () => {
    const { size } = await handle.stat();
    if (size > maxValueBytes) throw tooLarge(path, size, maxValueBytes);
    await context.reserve(Math.max(size, smallestPieceBytes));
    return readRest(handle, path, context, size);
  });
}

/**
 * From where the handle stands to the end of the file. `size` is what is expected and is not believed: a file may grow,
 * and those of `/proc` say 0.
 */
export async function readRest(
  handle: FileHandle,
  path: string,
  context: ContainedContext,
  size: number,
): Promise<Buffer> {
  const { maxValueBytes } = context.settings.limits;
  const pieces: Buffer[] = [];
  let length = 0;
  for (;;) {
    context.signal.throwIfAborted();
    const piece = Buffer.allocUnsafe(Math.min(pieceBytes, Math.max(size, smallestPieceBytes)));
    const { bytesRead } = await handle.read(piece, 0, piece.length, null);
    if (bytesRead === 0) return Buffer.concat(pieces, length);
    length += bytesRead;
    if (length > maxValueBytes) throw tooLarge(path, length, maxValueBytes);
    pieces.push(piece.subarray(0, bytesRead));
  }
}

const tooLarge = (path: string, size: number, limit: number): Refused =>
  new Refused(
    "ResourceError",
    `'${path}' has ${size} bytes or more, and a value holds at most ${limit}; give steps the path and read it there`,
  );
