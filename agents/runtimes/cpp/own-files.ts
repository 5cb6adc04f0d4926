/** Which files of its bundle C++ code is built of. */
import { join, posix } from "node:path";
import { closureOf, filesOfFolder, textsIn } from "../compiled/own-files.ts";
import type { ModuleSource } from "../language.ts";

/** Of one file: the headers that it includes, from its own folder or the bundle's. */
export const ownFilesOfFile = ({ folder, path }: ModuleSource): Promise<readonly string[] | undefined> =>
  closureOf(posix.normalize(path), textsIn(folder), includedBy);

const include =
  /^[ \t]*(?:#|%:|\?\?=)[ \t]*(?:include|include_next|import|embed)\b[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>|(.*))/gm;
/** What looks for files in a way of its own. */
const looksFor = /__has_(?:include|embed)|\.incbin/;

function includedBy(path: string, text: string): readonly string[] | undefined {
  const whole = text.replaceAll(/\\\r?\n/g, "");
  if (looksFor.test(whole)) return undefined;
  const found: string[] = [];
  for (const [, quoted, bracketed, computed] of whole.matchAll(include)) {
    const name = quoted ?? bracketed;
    if (computed !== undefined || name === undefined || posix.isAbsolute(name)) return undefined;
    const places = quoted === undefined ? [name] : [posix.join(posix.dirname(path), name), name];
    found.push(...places.map((place) => posix.normalize(place)));
  }
  return found.some((place) => place.startsWith("../")) ? undefined : found;
}

/** Ways up out of the folder, and what looks for files in ways of its own. */
const reachesUp = /(?<!\.)\.\.(?:[/\\"'\s)]|$)/;
const asksCmake = /get_filename_component|cmake_path|execute_process|PARENT|string\s*\(\s*REGEX|file\s*\(\s*GENERATE/i;
const isCmake = (path: string): boolean => /(?:^|\/)CMakeLists\.txt$|\.cmake$/.test(path);

/** Of a folder with CMakeLists.txt: all of it, as long as nothing in it, and no header of its functions, lies elsewhere. */
export async function ownFilesOfFolder(
  { folder, path }: ModuleSource,
  included: readonly string[],
): Promise<readonly string[] | undefined> {
  const own = join(folder, path, "/");
  if (!included.every((file) => file.startsWith(own))) return undefined;
  return filesOfFolder(folder, path, (file, text) => reachesUp.test(text) || (isCmake(file) && asksCmake.test(text)));
}
