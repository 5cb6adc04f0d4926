/** What a language's folder says of itself; all else is the same for every language that runs in worker processes. */
import type { NativeTarget, Signature } from "@polyglot/contracts";
import type { Border } from "../convert/fit.ts";
import type { ProcessEnd } from "../limits/contained-process.ts";
import type { DownloadClient } from "./client-settings.ts";
import type { EnvironmentKind } from "./environments/environment-kind.ts";
import type { FoundRuntime } from "./native-call.ts";
import type { SearchPlaces } from "./search-places.ts";

interface LanguageFacts {
  readonly lang: NativeTarget["lang"] & Border;
  readonly name: FoundRuntime["name"];
  /** For people. */
  readonly title: string;
  readonly oldestVersion: string;
  /** The programs that it is, for people who lack it. */
  readonly programs: string;
  /** Programs that may be a runtime of this language. */
  candidates(places: SearchPlaces): Promise<string[]>;
  readonly check: RuntimeCheck;
  /** Whether a runtime of this version serves a pipeline that asks for `wanted`. */
  offers(version: string, wanted: string): boolean;
  /** Arguments by keyword; else they are put in the order of the parameters. */
  readonly hasKeywords: boolean;
  /** Lineage of the error of a call whose process ended so. */
  crashLineage(end: ProcessEnd): readonly string[];
}

/** How a program is asked whether it is a runtime that works, and of which version. */
export interface RuntimeCheck {
  readonly arguments: readonly string[];
  /** Undefined where the program did not answer as a runtime does. */
  read(stdout: string): RuntimeAnswer | undefined;
}

export interface RuntimeAnswer {
  readonly version: string;
  /** Why it cannot be used. */
  readonly problem?: string;
}

/** A language whose runtime reads the user's files itself: the runtime is the worker. */
export interface InterpretedLanguage extends LanguageFacts {
  readonly kind: "interpreted";
  /** Arguments before the bundle's folder that make a runtime a worker. */
  workerArguments(): readonly string[];
  /** The part of a worker's key that depends on the target beyond its bundle. */
  workerScope(target: NativeTarget): string;
  readonly environments: EnvironmentKind;
}

/** A language whose files are built into a module first; one small host program of ours loads it. */
export interface CompiledLanguage extends LanguageFacts {
  readonly kind: "compiled";
  /** What beside a compiler some code needs to be built and is not here: sentences for people. */
  lacks(compiler: FoundRuntime, places: SearchPlaces): Promise<string[]>;
  /** How a module is built around the user's code. Pure: the same source gives the same recipe. */
  recipe(source: ModuleSource, compiler: FoundRuntime, places: SearchPlaces): Promise<BuildRecipe>;
}

export type Language = InterpretedLanguage | CompiledLanguage;

/** A file or folder of a bundle with the functions of it that plans call. */
export interface ModuleSource {
  /** Of the bundle; absolute. */
  readonly folder: string;
  /** Below it. */
  readonly path: string;
  /** In the order of their names. */
  readonly functions: readonly ModuleFunction[];
  /** As the pipeline asks for it: a standard of the language. */
  readonly version: string | undefined;
  /** The file that says which packages the code has besides its own. */
  readonly packages?: PackagesSource | undefined;
}

export interface PackagesSource {
  /** Of its bundle; absolute. */
  readonly folder: string;
  /** Below it. */
  readonly path: string;
}

export interface ModuleFunction {
  /** As `.pg` has it: `geo.area`. */
  readonly name: string;
  /** Absent where the compiler could not see it. */
  readonly signature: Signature | undefined;
}

export interface LockedDownloads {
  /** Where the client keeps them, a folder for each registry; below the folder that the commands run in. */
  readonly folder: string;
  /** Digests by the names of files. */
  readonly wanted: ReadonlyMap<string, string>;
}

export interface BuildRecipe {
  /** Files of the bundle that it is built of, by their paths there; undefined where it may be any. */
  readonly own?: readonly string[] | undefined;
  /** Written before the build, by their paths below the build's source folder. */
  readonly files: ReadonlyMap<string, string>;
  /** Run one after the other in an empty folder that they may write. `{source}` stands for the source folder. */
  readonly commands: readonly (readonly string[])[];
  /** What they leave in that folder. */
  readonly product: string;
  /** Packages of which a lock file says what they are, for a store of what was downloaded before. */
  readonly downloads?: LockedDownloads;
  /** Whose configuration of the host they get, because they download. */
  readonly client?: DownloadClient;
  /** What a line of their output says of how far they are; undefined for any other line. */
  readonly stepIn?: (line: string) => string | undefined;
  /** Their output with paths as the bundle has them. */
  readonly inUsersWords?: (output: string) => string;
}

/** `{ "version", "problem" }` on the last line, the problem or null; undefined for anything else that a program may print. */
export function readCheckLine(stdout: string): RuntimeAnswer | undefined {
  const found = /^\{"version":("[^"]+"),"problem":(null|".*")\}$/.exec(stdout.trim().split("\n").at(-1) ?? "");
  if (found === null) return undefined;
  const { version, problem } = JSON.parse(found[0]) as { version: string; problem: string | null };
  return problem === null ? { version } : { version, problem };
}
