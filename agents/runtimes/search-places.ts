/** Where runtimes may be found on a host, without running anything. */
import { readdir, realpath, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";

export interface SearchPlaces {
  /** As the variable PATH has it. */
  readonly searchPath: string;
  readonly home: string;
  /** The agent's environment, for the variables by which version managers tell their folders. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Where systems have their programs. */
export const systemFolders: readonly string[] = ["/usr/local/bin", "/usr/bin"];

/** Programs by the pattern of their name, on the PATH and where systems have them. */
export async function programsNamed(pattern: RegExp, places: SearchPlaces): Promise<string[]> {
  const folders = [...places.searchPath.split(delimiter), ...systemFolders].filter((folder) => folder.startsWith("/"));
  // A shim of a version manager picks a version by the folder and environment it runs in: here, by chance.
  const real = [...new Set(folders)].filter((folder) => !/[/\\]shims\/?$/.test(folder));
  const found = await Promise.all(real.map((folder) => entriesOf(folder, (name) => pattern.test(name))));
  return found.flat();
}

/** The first of these names on the PATH or where systems have their programs; earlier names are better. */
export async function firstProgram(
  names: readonly string[],
  { searchPath }: SearchPlaces,
): Promise<string | undefined> {
  const folders = [...systemFolders, ...searchPath.split(delimiter).filter((folder) => folder.startsWith("/"))];
  for (const path of names.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    if (await isFile(path)) return path;
  }
  return undefined;
}

export async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

/** `<root>/<version>/<program>` of a version manager, for every version that is there. */
export async function versionsUnder(root: string | undefined, program: string): Promise<string[]> {
  if (root === undefined) return [];
  return (await entriesOf(root, () => true)).map((folder) => join(folder, program));
}

async function entriesOf(folder: string, isWanted: (name: string) => boolean): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter(isWanted).map((name) => join(folder, name));
}

/** The files behind the paths, each once; what does not exist is left out. */
export async function existingOnce(paths: readonly string[]): Promise<string[]> {
  const real = await Promise.all(paths.map((path) => realpath(path).catch(() => undefined)));
  return [...new Set(real.filter((path) => path !== undefined))];
}
