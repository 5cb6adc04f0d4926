import { extname } from "node:path";
import type { ProcessEnd } from "../../limits/contained-process.ts";
import { BuildFailure } from "../compiled/builds.ts";
import { supportFiles } from "../compiled/support-files.ts";
import type { BuildRecipe, CompiledLanguage, ModuleSource, RuntimeAnswer } from "../language.ts";
import type { FoundRuntime } from "../native-call.ts";
import { programsNamed } from "../search-places.ts";
import { compareVersions } from "../version.ts";
import { lacksCmake } from "./cmake-program.ts";
import { glueOf } from "./glue.ts";

/** Standards, oldest first, and the version of GCC and of Clang from which a compiler has all that matters of one. */
const standards = [
  ["11", "5"],
  ["14", "5"],
  ["17", "8"],
  ["20", "11"],
  ["23", "14"],
] as const;

export const cpp: CompiledLanguage = {
  kind: "compiled",
  lang: "cpp",
  name: "cpp",
  title: "C++",
  programs: "g++ or clang++",
  oldestVersion: "5",
  candidates: (places) => programsNamed(/^(?:g\+\+|clang\+\+)(?:-\d+)?$/, places),
  check: { arguments: ["-dumpfullversion", "-dumpversion"], read: readVersion },
  offers,
  hasKeywords: false,
  crashLineage,
  recipe,
  lacks: (_, places) => lacksCmake(places),
};

function readVersion(stdout: string): RuntimeAnswer | undefined {
  const version = /^\d+(?:\.\d+)*/.exec(stdout.trim())?.[0];
  return version === undefined ? undefined : { version };
}

function offers(version: string, wanted: string): boolean {
  const since = standards.find(([standard]) => standard === wanted)?.[1];
  return since !== undefined && compareVersions(version, since) >= 0;
}

/** An abort is how an exception ends that nobody catches in a thread, a failed assertion, or a damaged heap. */
function crashLineage(end: ProcessEnd): readonly string[] {
  const isFault = end.kind === "signal" && (end.signal === "SIGSEGV" || end.signal === "SIGBUS");
  return isFault ? ["SegmentationFault", "Exception"] : ["Exception"];
}

async function recipe(source: ModuleSource, compiler: FoundRuntime): Promise<BuildRecipe> {
  if (extname(source.path) === "") {
    throw new BuildFailure(
      `${source.path} is a folder: CMake projects are checked but not built yet; name one C++ file`,
    );
  }
  const standard = source.version ?? newestStandard(compiler.version);
  return {
    files: new Map([...(await supportFiles("cpp")), ["glue.cpp", glueOf(source)]]),
    commands: [
      [
        compiler.path,
        `-std=c++${standard}`,
        "-O2",
        "-g1",
        "-fPIC",
        "-shared",
        "-pthread",
        "-fdiagnostics-color=never",
        "-fmax-errors=20",
        `-ffile-prefix-map=${source.folder}/=`,
        `-I${source.folder}`,
        "-o",
        "module.so",
        "{source}/glue.cpp",
      ],
    ],
    product: "module.so",
  };
}

/** 20 is the newest that pipelines can name. */
const newestStandard = (version: string): string => (offers(version, "20") ? "20" : "17");
