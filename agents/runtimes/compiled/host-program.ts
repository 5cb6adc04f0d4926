/** The program that loads modules: built from `host.c` once per host, by the C compiler that every linker comes with. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { WorkerUser } from "../../limits/worker-user.ts";
import { firstProgram, type SearchPlaces } from "../search-places.ts";
import { BuildFailure, type BuildOrder, orderBuild } from "./builds.ts";

const compilers = ["cc", "gcc", "clang"] as const;

export async function orderHostProgram(places: SearchPlaces, user: WorkerUser): Promise<BuildOrder> {
  const compiler = await findCompiler(places);
  const source = await readFile(
    createRequire(import.meta.url).resolve("@polyglot/agents/runtimes/compiled/host.c"),
    "utf8",
  );
  return orderBuild(compiler, {
    label: "the program that loads modules",
    recipe: {
      files: new Map([["host.c", source]]),
      commands: [[compiler, "-O2", "-o", "host", "{source}/host.c", "-ldl", "-lpthread"]],
      product: "host",
    },
    user,
    sourceFolder: "",
  });
}

async function findCompiler(places: SearchPlaces): Promise<string> {
  const path = await firstProgram(compilers, places);
  if (path === undefined) throw new BuildFailure(noCompiler);
  return path;
}

const noCompiler = `a C compiler is needed for Rust and C++: none of ${compilers.join(", ")} is on the PATH`;

export const lacksCompiler = async (places: SearchPlaces): Promise<string[]> =>
  (await firstProgram(compilers, places)) === undefined ? [noCompiler] : [];
