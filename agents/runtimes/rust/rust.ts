import { dirname, join } from "node:path";
import { supportFiles } from "../compiled/support-files.ts";
import type { BuildRecipe, CompiledLanguage, ModuleSource, RuntimeAnswer } from "../language.ts";
import type { FoundRuntime } from "../native-call.ts";
import { isFile, programsNamed, type SearchPlaces, versionsUnder } from "../search-places.ts";
import { type CrateManifest, readCrateManifest } from "./crate-manifest.ts";
import { glueOf } from "./glue.ts";

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
  const crate = source.path.endsWith(".rs") ? undefined : await readCrateManifest(source);
  const options = [...common, `--remap-path-prefix=${source.folder}/=`];
  const user = crate === undefined ? ofFile(source, compiler, options) : ofCrate(source, compiler, crate);
  return {
    files: new Map([...(await supportFiles("rust")), ["glue.rs", glueOf(source)]]),
    commands: [
      ...user.commands,
      [
        compiler.path,
        ...options,
        "--crate-type=cdylib",
        "--crate-name=module",
        ...user.arguments,
        "-omodule.so",
        "{source}/glue.rs",
      ],
    ],
    product: "module.so",
  };
}

const cargoBeside = (rustc: string): string => join(dirname(rustc), "cargo");

const common = ["--edition=2021", "-Copt-level=3", "-Cdebuginfo=1", "--cap-lints=warn", "--color=never"] as const;

/** Commands that build the user's code, and arguments by which the module finds it. */
interface UserCrate {
  readonly commands: readonly (readonly string[])[];
  readonly arguments: readonly string[];
}

function ofFile(source: ModuleSource, compiler: FoundRuntime, options: readonly string[]): UserCrate {
  const output = ["--crate-type=rlib", "--crate-name=user", "-olibuser.rlib"];
  return {
    commands: [[compiler.path, ...options, ...output, join(source.folder, source.path)]],
    arguments: ["--extern=user=libuser.rlib"],
  };
}

/** Cargo writes beside the manifest, so it works on a copy; its own files are in the build's folder, too. */
function ofCrate(source: ModuleSource, compiler: FoundRuntime, { library }: CrateManifest): UserCrate {
  const cargo = cargoBeside(compiler.path);
  const surroundings = ["/usr/bin/env", `RUSTC=${compiler.path}`, "CARGO_TERM_COLOR=never"];
  const options = ["--release", "--lib", "--quiet", "--manifest-path=crate/Cargo.toml", "--target-dir=target"];
  return {
    commands: [
      ["cp", "-R", join(source.folder, source.path), "crate"],
      ["chmod", "-R", "u+w", "crate"],
      [...surroundings, cargo, "build", ...options],
    ],
    arguments: [`--extern=user=target/release/lib${library}.rlib`, "-Ldependency=target/release/deps"],
  };
}
