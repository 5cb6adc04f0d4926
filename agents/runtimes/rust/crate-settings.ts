/**
 * Files of a bundle that say how cargo and rustc run: `.cargo/config.toml` holds as cargo finds it, and what cannot hold for a
 * module is refused in words instead of being passed over.
 */
import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { BuildFailure } from "../compiled/builds.ts";
import type { FoundRuntime } from "../native-call.ts";
import { foldersUpward } from "./crate-manifest.ts";

/** `path`: of the crate or file, below the bundle's folder. Throws for what cannot hold. */
export async function checkCrateSettings(folder: string, path: string, compiler: FoundRuntime): Promise<void> {
  const upward = foldersUpward(path);
  const [toolchain] = await filesAt(folder, upward, ["rust-toolchain", "rust-toolchain.toml"]);
  if (toolchain !== undefined) checkToolchain(toolchain, compiler);
  for (const config of await filesAt(folder, upward, [".cargo/config", ".cargo/config.toml"])) checkConfig(config);
}

interface TextFile {
  readonly path: string;
  readonly text: string;
}

async function filesAt(folder: string, at: readonly string[], names: readonly string[]): Promise<TextFile[]> {
  const paths = at.flatMap((one) => names.map((name) => posix.join(one, name)));
  const texts = await Promise.all(paths.map((path) => readFile(join(folder, path), "utf8").catch(() => undefined)));
  return paths.flatMap((path, index) => {
    const text = texts[index];
    return text === undefined ? [] : [{ path, text }];
  });
}

/** `stable` is any released version; `1.80` is met by 1.80.1. */
function checkToolchain({ path, text }: TextFile, { version }: FoundRuntime): void {
  const channel = /^\s*channel\s*=\s*["']([^"']+)["']/m.exec(text)?.[1] ?? /^\s*([\w.-]+)\s*$/.exec(text)?.[1];
  if (channel === undefined || channel === "stable" || /^stable-/.test(channel)) return;
  const wanted = /^\d+(?:\.\d+){0,2}(?=-|$)/.exec(channel)?.[0];
  if (wanted !== undefined && `${version}.`.startsWith(`${wanted}.`)) return;
  throw new BuildFailure(
    `${path} asks for Rust ${channel}, and this agent builds with ${version}: install it where the agent finds it first, or name a channel that has it`,
  );
}

/** A module is loaded by the host that builds it. */
function checkConfig({ path, text }: TextFile): void {
  const table = /^\s*\[build\]([^[]*)/m.exec(text)?.[1] ?? "";
  if (/^\s*target\s*=/m.test(table) || /^\s*build\.target\s*=/m.test(text)) {
    throw new BuildFailure(`${path} sets build.target: a module is built for the host that runs it, so leave that out`);
  }
}
