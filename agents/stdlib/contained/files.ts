/** `|U.System.File.` and the wrappers `|W.System.File.` */
import { createHash } from "node:crypto";
import { lstat, rename, stat, unlink } from "node:fs/promises";
import type { Given } from "../given.ts";
import { Refused } from "../given.ts";
import { contained, type ContainedContext, type ContainedFunction } from "./contained-function.ts";
import { decodeText, encodeText, encodingOf } from "./encoding.ts";
import { fileKind, modeOf, openFile, OpenFile } from "./open-file.ts";
import { isHandle, pathOf } from "./paths.ts";
import { readFile } from "./read-file.ts";
import { notRegular, openRegular } from "./open-regular.ts";
import { problemOfSystem, tellingPath } from "./system-problem.ts";
import { appendToFile, copyIntoPlace, replaceFile } from "./write-file.ts";

type ContainedGiven = Given<ContainedContext>;

/** The file that `path` says, as a path or as a handle. */
function fileOf(given: ContainedGiven): { readonly path: string; readonly open?: OpenFile } {
  const value = given.any("path");
  if (!isHandle(value)) return { path: pathOf(given, "path") };
  const file = given.context.resources.take<OpenFile>(value, fileKind);
  return { path: file.path, open: file };
}

async function read(given: ContainedGiven): Promise<{ readonly path: string; readonly bytes: Buffer }> {
  const { path, open } = fileOf(given);
  const bytes = open === undefined ? await readFile(path, given.context) : await open.readRest(given.context);
  return { path, bytes };
}

async function readText(given: ContainedGiven) {
  const encoding = encodingOf(given);
  const { path, bytes } = await read(given);
  return [decodeText(bytes, encoding, path)];
}

async function readBytes(given: ContainedGiven) {
  const { bytes } = await read(given);
  return [{ $bytes: bytes.toString("base64") }];
}

type Write = (path: string, bytes: Buffer) => Promise<void>;

const writeText =
  (write: Write) =>
  async (given: ContainedGiven): Promise<[]> => {
    const { path, open } = fileOf(given);
    const text = given.text("text");
    const bytes = encodeText(open?.isLog === true ? logLine(text, given.context) : text, encodingOf(given));
    await (open === undefined ? write(path, bytes) : open.write(bytes));
    return [];
  };

const writeBytes =
  (write: Write) =>
  async (given: ContainedGiven): Promise<[]> => {
    const { path, open } = fileOf(given);
    const bytes = given.bytes("bytes");
    await (open === undefined ? write(path, bytes) : open.write(bytes));
    return [];
  };

/** One line for one text, whatever it holds. */
function logLine(text: string, { clock }: ContainedContext): string {
  const line = text.replaceAll("\\", "\\\\").replaceAll("\r", "\\r").replaceAll("\n", "\\n");
  return `${new Date(clock.now()).toISOString()} ${line}\n`;
}

async function exists(given: ContainedGiven) {
  const path = pathOf(given, "path");
  return [
    await tellingPath(path, () => stat(path)).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Refused && error.type === "FileError") return false;
        throw error;
      },
    ),
  ];
}

async function type(given: ContainedGiven) {
  const path = pathOf(given, "path");
  const found = await tellingPath(path, () => lstat(path));
  if (found.isSymbolicLink()) return ["link"];
  if (found.isDirectory()) return ["directory"];
  return [found.isFile() ? "file" : "other"];
}

async function remove(given: ContainedGiven): Promise<[]> {
  const path = pathOf(given, "path");
  const found = await tellingPath(path, () => lstat(path));
  if (found.isDirectory()) throw notRegular(path, true);
  await tellingPath(path, () => unlink(path));
  return [];
}

async function copy(given: ContainedGiven): Promise<[]> {
  const [from, to] = [pathOf(given, "from"), pathOf(given, "to")];
  await demandFile(from);
  await copyIntoPlace(from, to);
  return [];
}

/** Between file systems a file is copied, and goes from its old place when it stands whole in the new one. */
async function move(given: ContainedGiven): Promise<[]> {
  const [from, to] = [pathOf(given, "from"), pathOf(given, "to")];
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw problemOfSystem(error, `${from}' to '${to}`) ?? error;
    await demandFile(from);
    await copyIntoPlace(from, to);
    await tellingPath(from, () => unlink(from));
  }
  return [];
}

async function demandFile(path: string): Promise<void> {
  const found = await tellingPath(path, () => stat(path));
  if (!found.isFile()) throw notRegular(path, found.isDirectory());
}

/** Read at once. */
const hashPieceBytes = 2 ** 18;

const algorithms = ["sha256", "sha512", "sha1", "md5"] as const;

async function hash(given: ContainedGiven) {
  const path = pathOf(given, "path");
  const asked = given.has("algorithm") && given.any("algorithm") !== null ? given.text("algorithm") : "sha256";
  const algorithm = algorithms.find((known) => known === asked.toLowerCase().replace("-", ""));
  if (algorithm === undefined) {
    throw new Refused(
      "ValidationError",
      `'algorithm' is one of ${algorithms.join(", ")}, and is '${asked.slice(0, 40)}'`,
    );
  }
  const digest = createHash(algorithm);
  const { signal } = given.context;
  await using handle = await openRegular(path, "read");
  await tellingPath(path, async () => {
    const stream = handle.createReadStream({ signal, autoClose: false, highWaterMark: hashPieceBytes });
    for await (const piece of stream) digest.update(piece as Buffer);
  });
  return [digest.digest("hex")];
}

async function close(given: ContainedGiven): Promise<[]> {
  const handle = given.any("file");
  const { resources } = given.context;
  resources.take(handle, fileKind);
  await resources.close(handle);
  return [];
}

const wrappers = Object.fromEntries(
  (["Text", "Bytes", "Log"] as const).flatMap((content) =>
    (["Read", "Write", "Append"] as const).map((mode) => [
      `W.System.File.${content}.${mode}`,
      contained("path", async (given) => [
        await openFile(given, mode.toLowerCase() as Lowercase<typeof mode>, content === "Log"),
      ]),
    ]),
  ),
);

export const files: Readonly<Record<string, ContainedFunction>> = {
  ...wrappers,
  "U.System.File.Text.Read": contained("path, encoding", readText),
  "U.System.File.Text.Write": contained("path, text, encoding", writeText(replaceFile)),
  "U.System.File.Text.Append": contained("path, text, encoding", writeText(appendToFile)),
  "U.System.File.Bytes.Read": contained("path", readBytes),
  "U.System.File.Bytes.Write": contained("path, bytes", writeBytes(replaceFile)),
  "U.System.File.Bytes.Append": contained("path, bytes", writeBytes(appendToFile)),
  "U.System.File.Exists": contained("path", exists),
  "U.System.File.Type": contained("path", type),
  "U.System.File.Delete": contained("path", remove),
  "U.System.File.Copy": contained("from, to", copy),
  "U.System.File.Move": contained("from, to", move),
  "U.System.File.Hash": contained("path, algorithm", hash),
  "U.System.File.Open": contained("path, mode", async (given) => [await openFile(given, modeOf(given))]),
  "U.System.File.Close": contained("file", close),
};
