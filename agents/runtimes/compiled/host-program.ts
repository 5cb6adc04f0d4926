/** The program that loads modules: built from `host.c` once per host, by the C compiler that every linker comes with. */
import { readFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import type { WorkerUser } from "../../limits/worker-user.ts";
import { type SearchPlaces, systemFolders } from "../search-places.ts";
import { BuildFailure, type Builds } from "./builds.ts";

const compilers = ["cc", "gcc", "clang"] as const;

export async function buildHostProgram(builds: Builds, places: SearchPlaces, user: WorkerUser): Promise<string> {
  const compiler = await findCompiler(places);
  const source = await readFile(
    createRequire(import.meta.url).resolve("@polyglot/agents/runtimes/compiled/host.c"),
    "utf8",
  );
  return builds.productOf({
    recipe: {
      files: new Map([["host.c", source]]),
      commands: [[compiler, "-O2", "-o", "host", "{source}/host.c", "-ldl", "-lpthread"]],
      product: "host",
    },
    compiler,
    user,
    sourceFolder: "",
  });
}

async function findCompiler({ searchPath }: SearchPlaces): Promise<string> {
  const folders = [...systemFolders, ...searchPath.split(delimiter).filter((folder) => folder.startsWith("/"))];
  for (const name of compilers) {
    for (const folder of folders) {
      const path = join(folder, name);
      if ((await stat(path).catch(() => undefined))?.isFile() === true) return path;
    }
  }
  throw new BuildFailure(`a C compiler is needed for Rust and C++: none of ${compilers.join(", ")} is on the PATH`);
}
