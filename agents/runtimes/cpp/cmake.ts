/** How a folder with CMakeLists.txt becomes a module: its libraries are built by CMake, and the glue is linked with them. */
import { dirname, join } from "node:path";
import { BuildFailure } from "../compiled/builds.ts";
import type { BuildRecipe, ModuleSource } from "../language.ts";
import type { FoundRuntime } from "../native-call.ts";
import { isFile, type SearchPlaces } from "../search-places.ts";
import { findCmake } from "./cmake-program.ts";

/** Files that one build compiles at once: builds run beside each other, too. */
const jobs = 2;

export async function cmakeCommands(
  source: ModuleSource,
  compiler: FoundRuntime,
  places: SearchPlaces,
): Promise<Pick<BuildRecipe, "commands" | "client" | "stepIn" | "inUsersWords">> {
  const { folder, path, version } = source;
  if (!(await isFile(join(folder, path, "CMakeLists.txt"))))
    throw new BuildFailure(`${path}/CMakeLists.txt is not in the bundle: a folder of C++ is a CMake project`);
  const found = await findCmake(places);
  if (found.kind === "missing")
    throw new BuildFailure(
      `${path} is a CMake project, and this agent has no ${found.what}: install it where it finds it`,
    );
  const c = await siblingOfC(compiler.path);
  const settings = {
    CMAKE_CXX_COMPILER: compiler.path,
    ...(c && { CMAKE_C_COMPILER: c }),
    CMAKE_MAKE_PROGRAM: found.make,
    CMAKE_BUILD_TYPE: "Release",
    // As single files: optimised, with places, and assertions hold.
    ...flags("CXX", folder),
    ...flags("C", folder),
    CMAKE_POSITION_INDEPENDENT_CODE: "ON",
    BUILD_SHARED_LIBS: "OFF",
    BUILD_TESTING: "OFF",
    CMAKE_PROJECT_INCLUDE: "{source}/support/module.cmake",
    POLYGLOT_SOURCE: "{source}",
    ...(version && { CMAKE_CXX_STANDARD: version, POLYGLOT_STANDARD: version }),
  };
  const defined = Object.entries(settings).map(([name, value]) => `-D${name}=${value}`);
  // The folder that the commands run in is known to the shell alone.
  const configure = ["/bin/sh", "-c", 'exec "$@" -DPOLYGLOT_OUTPUT="$PWD"', "sh"];
  return {
    commands: [
      [...configure, found.cmake, "-S", join(folder, path), "-B", "build", "-G", found.generator, ...defined],
      [found.cmake, "--build", "build", "--target", "polyglot_module", "--parallel", String(jobs)],
    ],
    client: "plain",
    stepIn: (line) => /^\[(?:\d+\/\d+| *\d+%)\] .*/.exec(line)?.[0],
    inUsersWords: (output) => output.replaceAll(/^(CMake Error at )(?!\/)/gm, `$1${path}/`),
  };
}

const flags = (language: "C" | "CXX", folder: string): Record<string, string> => ({
  [`CMAKE_${language}_FLAGS`]: `-fdiagnostics-color=never -ffile-prefix-map=${folder}/=`,
  [`CMAKE_${language}_FLAGS_RELEASE`]: "-O2 -g1",
});

/** `g++-12` lies beside `gcc-12`, `clang++` beside `clang`; without one CMake looks for itself. */
async function siblingOfC(path: string): Promise<string | undefined> {
  const name = path.slice(dirname(path).length + 1);
  const sibling = join(dirname(path), name.replace("clang++", "clang").replace("g++", "gcc"));
  return sibling !== path && (await isFile(sibling)) ? sibling : undefined;
}
