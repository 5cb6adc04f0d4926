/** Reads the files of a commit out of a bare repository: names by `ls-tree`, bytes by one `cat-file --batch`. */
import type { SimpleGit } from "simple-git";

export const treeLimits = {
  files: 20_000,
  fileBytes: 16 * 1024 * 1024,
  totalBytes: 256 * 1024 * 1024,
  pathBytes: 1_000,
} as const;

/** A file that is there but is not read, and why. */
export interface RefusedFile {
  readonly path: string;
  readonly message: string;
}

export type TreeRead =
  | { readonly kind: "read"; readonly files: ReadonlyMap<string, Uint8Array>; readonly refused: readonly RefusedFile[] }
  | { readonly kind: "refused"; readonly reason: string; readonly message: string };

interface Entry {
  readonly mode: string;
  readonly object: string;
  readonly bytes: number;
  readonly path: string;
}

const entryPattern = /^(\d{6}) (\w+) ([0-9a-f]{40,64}) +(\d+|-)\t([^]+)$/;
const modes = { file: "100644", executable: "100755" };
const newline = 0x0a;

/** `git` answers a git of the mirror that writes `input` to the command's standard input. */
export async function readTree(
  git: (input?: string) => SimpleGit,
  commit: string,
  path: string,
  isWanted: (path: string) => boolean,
): Promise<TreeRead> {
  const folder = normaliseFolder(path);
  if (folder === undefined) {
    return { kind: "refused", reason: "PathRefused", message: `'${path}' is not a folder inside the repository` };
  }
  const listing = await git()
    .raw(["ls-tree", "-r", "-z", "-l", "--full-tree", `${commit}:${folder}`])
    .catch(missing);
  if (listing === undefined) {
    return { kind: "refused", reason: "PathMissing", message: `the repository has no folder '${path}' at ${commit}` };
  }
  const entries = parseListing(listing).filter((entry) => isWanted(entry.path));
  return readEntries(git, entries);
}

async function readEntries(git: (input?: string) => SimpleGit, entries: readonly Entry[]): Promise<TreeRead> {
  if (entries.length > treeLimits.files) {
    return tooLarge(`the repository's folder holds ${entries.length} files, at most ${treeLimits.files} are allowed`);
  }
  const refused = entries.flatMap((entry) => refusal(entry) ?? []);
  const refusedPaths = new Set(refused.map((one) => one.path));
  const wanted = entries.filter((entry) => !refusedPaths.has(entry.path));
  const total = wanted.reduce((sum, entry) => sum + entry.bytes, 0);
  if (total > treeLimits.totalBytes) {
    return tooLarge(`the repository's folder holds ${total} bytes, at most ${treeLimits.totalBytes} are allowed`);
  }
  if (wanted.length === 0) return { kind: "read", files: new Map(), refused };
  const input = wanted.map((entry) => `${entry.object}\n`).join("");
  const output = (await git(input).binaryCatFile(["--batch"])) as Buffer;
  return { kind: "read", files: splitBlobs(output, wanted), refused };
}

function parseListing(listing: string): Entry[] {
  return listing
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => {
      const [, mode = "", , object = "", bytes = "0", path = ""] = entryPattern.exec(line) ?? [];
      return { mode, object, path, bytes: bytes === "-" ? 0 : Number(bytes) };
    });
}

function refusal(entry: Entry): RefusedFile | undefined {
  const { mode, path, bytes } = entry;
  if (mode === "120000") return { path, message: "a symbolic link is not followed: put the file itself here" };
  if (mode === "160000") return { path, message: "a submodule is not read: import its repository instead" };
  if (mode !== modes.file && mode !== modes.executable)
    return { path, message: `git mode ${mode || "(none)"} is not a file's` };
  if (bytes > treeLimits.fileBytes) {
    return { path, message: `the file has ${bytes} bytes, at most ${treeLimits.fileBytes} are allowed` };
  }
  if (Buffer.byteLength(path) > treeLimits.pathBytes) {
    return { path: path.slice(0, 100), message: `the path is longer than ${treeLimits.pathBytes} bytes` };
  }
  if (path.includes("\\")) return { path, message: "a path may not hold a backslash" };
  return undefined;
}

/** `<object> blob <bytes>\n<content>\n`, in the order asked for. */
function splitBlobs(output: Buffer, entries: readonly Entry[]): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let at = 0;
  for (const entry of entries) {
    const end = output.indexOf(newline, at);
    const header = output.toString("latin1", at, end);
    if (header !== `${entry.object} blob ${entry.bytes}`) throw new Error(`git answered '${header}' for ${entry.path}`);
    // A copy, so that one file that is kept does not keep all of them.
    files.set(entry.path, new Uint8Array(output.subarray(end + 1, end + 1 + entry.bytes)));
    at = end + 1 + entry.bytes + 1;
  }
  return files;
}

function normaliseFolder(path: string): string | undefined {
  if (path.startsWith("/") || /[\0\n\\]/.test(path)) return undefined;
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return parts.includes("..") ? undefined : parts.join("/");
}

function missing(error: unknown): undefined {
  const text = error instanceof Error ? error.message : "";
  if (/not a tree object|Not a valid object name|does not exist|path '.*' exists/i.test(text)) return undefined;
  throw error;
}

const tooLarge = (message: string): TreeRead => ({ kind: "refused", reason: "TooLarge", message });
