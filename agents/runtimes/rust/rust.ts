import { dirname, join } from "node:path";
import { supportFiles } from "../compiled/support-files.ts";
import type { BuildRecipe, CompiledLanguage, ModuleSource, RuntimeAnswer } from "../language.ts";
import type { FoundRuntime } from "../native-call.ts";
import { isFile, programsNamed, type SearchPlaces, versionsUnder } from "../search-places.ts";
import { cargoBeside, crateOfFile, crateOfFolder, type UserCrate } from "./cargo.ts";
import { checkCrateSettings } from "./crate-settings.ts";
import { glueOf } from "./glue.ts";
import { ownFilesOfFile } from "./own-files.ts";

export const rust: CompiledLanguage = {
  kind: "compiled",
  lang: "rust",
  name: "rust",
  title: "Rust",
  programs: "rustc",
  oldestVersion: "1.70",
  candidates: findCompilers,
  check: { arguments: ["-vV"], read: readVersion },
  // `W.Rust` names no version.
  offers: () => true,
  hasKeywords: false,
  // A stack that overflows and a panic within a panic abort the process.
  crashLineage: () => ["Panic"],
  recipe,
  lacks: async ({ path }) =>
    (await isFile(cargoBeside(path))) ? [] : [`no cargo lies beside ${path}: crates are not built here`],
};

/**
 * What rustup puts on the PATH picks a version by the folder and environment it runs in; the real ones lie below. An
 * unreleased one is used only where it is configured.
 */
async function findCompilers(places: SearchPlaces): Promise<string[]> {
  const { environment, home } = places;
  const [named, toolchains] = await Promise.all([
    programsNamed(/^rustc$/, places),
    versionsUnder(join(environment["RUSTUP_HOME"] ?? join(home, ".rustup"), "toolchains"), join("bin", "rustc")),
  ]);
  const released = toolchains.filter((path) => !/\/toolchains\/(?:nightly|beta)[^/]*\//.test(path));
  return [...named.filter((path) => !path.includes("/.cargo/bin/")), ...released];
}

function readVersion(stdout: string): RuntimeAnswer | undefined {
  const version = /^release: (\d+\.\d+\.\d+)/m.exec(stdout)?.[1];
  return version === undefined ? undefined : { version };
}

/** The user's file is a crate of its own, so that `crate::` means in it what it says. */
async function recipe(source: ModuleSource, compiler: FoundRuntime): Promise<BuildRecipe> {
  const options = [...common, `--remap-path-prefix=${source.folder}/=`];
  const { arguments: own, ...user } = await userCrate(source, compiler, options);
  const linked = ["--crate-type=cdylib", "--crate-name=module", ...own, "-omodule.so", "{source}/glue.rs"];
  return {
    ...user,
    files: new Map([...(await supportFiles("rust")), ...user.files, ["glue.rs", glueOf(source)]]),
    commands: [...user.commands, [compiler.path, ...options, ...linked]],
    product: "module.so",
  };
}

const common = ["--edition=2021", "-Copt-level=3", "-Cdebuginfo=1", "--cap-lints=warn", "--color=never"] as const;

async function userCrate(source: ModuleSource, compiler: FoundRuntime, options: readonly string[]): Promise<UserCrate> {
  if (!source.path.endsWith(".rs")) return crateOfFolder(source, compiler);
  if (source.packages !== undefined) return crateOfFile(source, source.packages, compiler);
  await checkCrateSettings(source.folder, dirname(source.path), compiler);
  const output = ["--crate-type=rlib", "--crate-name=user", "-olibuser.rlib"];
  return {
    own: await ownFilesOfFile(source),
    files: new Map(),
    commands: [[compiler.path, ...options, ...output, join(source.folder, source.path)]],
    arguments: ["--extern=user=libuser.rlib"],
  };
}
