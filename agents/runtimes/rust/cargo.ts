/**
 * How cargo builds what a module is linked with: a crate of the bundle, or one file with the packages that a manifest
 * names. It writes beside the manifest, so it works on a copy of the whole bundle, in which workspaces and paths hold.
 */
import { dirname, join, posix } from "node:path";
import type { BuildRecipe, LockedDownloads, ModuleSource, PackagesSource } from "../language.ts";
import type { FoundRuntime } from "../native-call.ts";
import { manifestOfFile, readCrateManifest } from "./crate-manifest.ts";
import { checkCrateSettings } from "./crate-settings.ts";
import { ownFilesOfCrate } from "./own-files.ts";

/** What builds the user's code, and arguments by which the module finds it. */
export interface UserCrate extends Omit<BuildRecipe, "product"> {
  readonly arguments: readonly string[];
}

export const cargoBeside = (rustc: string): string => join(dirname(rustc), "cargo");

export async function crateOfFolder(source: ModuleSource, compiler: FoundRuntime): Promise<UserCrate> {
  const { folder, path } = source;
  await checkCrateSettings(folder, path, compiler);
  const { library, root, lock } = await readCrateManifest(folder, path);
  return {
    own: await ownFilesOfCrate(source),
    files: new Map(),
    commands: [...copyOf(folder), build(compiler, path, lock)],
    arguments: linkArguments(library),
    ...ofLock(lock),
    ...said(root),
  };
}

/** `packages` names the manifest. */
export async function crateOfFile(
  { folder, path }: ModuleSource,
  packages: PackagesSource,
  compiler: FoundRuntime,
): Promise<UserCrate> {
  await checkCrateSettings(packages.folder, posix.dirname(packages.path), compiler);
  const { text, lock } = await manifestOfFile(packages.folder, packages.path, join(folder, path));
  const at = posix.dirname(packages.path);
  return {
    files: new Map([["crate/Cargo.toml", text]]),
    commands: [
      ...copyOf(packages.folder),
      ["cp", "{source}/crate/Cargo.toml", join("bundle", packages.path)],
      build(compiler, at, lock),
    ],
    arguments: linkArguments("user"),
    ...ofLock(lock),
    ...said(at),
  };
}

const copyOf = (folder: string): string[][] => [
  ["cp", "-R", folder, "bundle"],
  ["chmod", "-R", "u+w", "bundle"],
];

/** What a profile or configuration of the crate may say otherwise, and a module cannot be linked with, is set here. */
const surroundings = [
  "CARGO_TERM_COLOR=never",
  "CARGO_PROFILE_RELEASE_PANIC=unwind",
  "CARGO_PROFILE_RELEASE_LTO=off",
  "CARGO_INCREMENTAL=0",
  "RUSTC_WRAPPER=",
] as const;

/** Cargo heeds the configuration of the folder that it runs in and of those above it: that of the crate. */
const inFolder = 'work=$PWD; cd "$1"; shift; exec "$@" --target-dir="$work/target"';

const build = (compiler: FoundRuntime, path: string, lock: string | undefined): string[] => [
  "/bin/sh",
  "-ec",
  inFolder,
  "sh",
  join("bundle", path),
  "/usr/bin/env",
  `RUSTC=${compiler.path}`,
  ...surroundings,
  cargoBeside(compiler.path),
  "rustc",
  "--release",
  "--lib",
  "--crate-type=rlib",
  "--manifest-path=Cargo.toml",
  ...(lock === undefined ? [] : ["--locked"]),
];

const linkArguments = (library: string): string[] => [
  `--extern=user=target/release/lib${library}.rlib`,
  "-Ldependency=target/release/deps",
];

const locked =
  /^\[\[package\]\]\nname = "([\w-]+)"\nversion = "([\w.+-]+)"\n(?:source = "[^"]*"\n)?checksum = "([0-9a-f]{64})"/gm;

const ofLock = (lock: string | undefined): { readonly client: "cargo"; readonly downloads: LockedDownloads } => ({
  client: "cargo",
  downloads: {
    folder: ".cargo/registry/cache",
    wanted: new Map(
      [...(lock ?? "").replaceAll("\r\n", "\n").matchAll(locked)].map(([, name, version, sum = ""]) => [
        `${name}-${version}.crate`,
        sum,
      ]),
    ),
  },
});

/** Files of the crate are named from `root`, others by absolute paths or from the folder that cargo works in. */
const said = (root: string): Pick<BuildRecipe, "stepIn" | "inUsersWords"> => ({
  stepIn: (line) => /^ +((?:Compiling|Downloading|Updating) .+)/.exec(line)?.[1]?.replace(/ \(\/.*\)$/, ""),
  inUsersWords: (output) =>
    output
      .replaceAll(/^( +(?:-->|:::) )(?!\/)/gm, (_, arrow: string) => (root === "." ? arrow : `${arrow}${root}/`))
      .replaceAll(/(?<=^|[\s`'"(])bundle\//gm, ""),
});
