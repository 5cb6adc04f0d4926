import { join } from "node:path";
import type { ProcessEnd } from "../../limits/contained-process.ts";
import { supportFiles } from "../compiled/support-files.ts";
import type { BuildRecipe, CompiledLanguage, ModuleSource, RuntimeAnswer } from "../language.ts";
import type { FoundRuntime } from "../native-call.ts";
import { isFile, programsNamed, type SearchPlaces } from "../search-places.ts";
import { compareVersions } from "../version.ts";
import { cmakeCommands } from "./cmake.ts";
import { cmakeIncludes } from "./cmake-includes.ts";
import { lacksCmake } from "./cmake-program.ts";
import { glueOf } from "./glue.ts";
import { ownFilesOfFile, ownFilesOfFolder } from "./own-files.ts";

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

async function recipe(source: ModuleSource, compiler: FoundRuntime, places: SearchPlaces): Promise<BuildRecipe> {
  const file = join(source.folder, source.path);
  const isSingle = await isFile(file);
  const [build, included] = isSingle
    ? [{ commands: [compile(source, compiler)] }, [file]]
    : await Promise.all([cmakeCommands(source, compiler, places), cmakeIncludes(source)]);
  const own = await (isSingle ? ownFilesOfFile(source) : ownFilesOfFolder(source, included));
  const files = new Map([...(await supportFiles("cpp")), ["glue.cpp", glueOf(source, included)]]);
  return { ...build, own, files, product: "module.so" };
}

function compile({ folder, version }: ModuleSource, { path, version: of }: FoundRuntime): string[] {
  return [
    path,
    `-std=c++${version ?? newestStandard(of)}`,
    "-O2",
    "-g1",
    "-fPIC",
    "-shared",
    "-pthread",
    "-fdiagnostics-color=never",
    "-fmax-errors=20",
    `-ffile-prefix-map=${folder}/=`,
    `-I${folder}`,
    "-o",
    "module.so",
    "{source}/glue.cpp",
  ];
}

/** 20 is the newest that pipelines can name. */
const newestStandard = (version: string): string => (offers(version, "20") ? "20" : "17");
