import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BundleDigest, createBundle, type NativeTarget } from "@polyglot/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostRuntimes } from "../host-runtimes.ts";
import { testHost } from "../testing/test-host.ts";

const crate = (more = "") => `[package]\nname = "crated"\nversion = "1.0.0"\nedition = "2021"\n${more}`;

const files = {
  "one/area.cpp": '#include "sides.hpp"\nint area() { return sides() * 2; }\n',
  "one/sides.hpp": "#pragma once\ninline int sides() { return 3; }\n",
  "two/digits.rs": "mod tens;\npub fn digits() -> i64 { tens::tens() * 10 }\n",
  "two/tens.rs": "pub fn tens() -> i64 { 4 }\n",
  "crated/Cargo.toml": crate(),
  "crated/src/lib.rs": "pub fn crated() -> i64 { 5 }\n",
  "helper.py": "def help(): return 1\n",
} as const;

type Files = Readonly<Record<string, string>>;
type Name = keyof typeof modules;

const modules = {
  area: { lang: "cpp", path: "one/area.cpp" },
  digits: { lang: "rust", path: "two/digits.rs" },
  crated: { lang: "rust", path: "crated" },
} as const;

describe("modules", { timeout: 240_000 }, () => {
  let world: World;
  beforeAll(async () => {
    world = await World.create();
    await world.built(files);
  }, 240_000);
  afterAll(() => world.dispose());

  it.each<[string, Files, readonly Name[]]>([
    ["a file that none of them has", { "helper.py": "def help(): return 2\n" }, []],
    ["a header of one", { "one/sides.hpp": "#pragma once\ninline int sides() { return 7; }\n" }, ["area"]],
    ["a Rust module of one", { "two/tens.rs": "pub fn tens() -> i64 { 8 }\n" }, ["digits"]],
    ["a file of a crate", { "crated/src/lib.rs": "pub fn crated() -> i64 { 6 }\n" }, ["crated"]],
  ])("a change of %s builds what has it, and nothing else", async (_, change, rebuilt) => {
    const before = await world.answers(files);
    const count = (await world.builds()).length;
    const after = await world.answers({ ...files, ...change });
    expect((await world.builds()).length - count).toBe(rebuilt.length);
    const differs = (Object.keys(modules) as Name[]).filter((name) => before[name] !== after[name]);
    expect(differs).toEqual(rebuilt);
  });

  it.each<[string, Files, string]>([
    ["a Rust that is not here", { "rust-toolchain.toml": '[toolchain]\nchannel = "1.2"\n' }, "asks for Rust 1.2, and"],
    ["a nightly Rust", { "crated/rust-toolchain": "nightly-2024-01-01\n" }, "asks for Rust nightly-2024-01-01, and"],
    ["another target", { "crated/.cargo/config.toml": '[build]\ntarget = "wasm32-wasip1"\n' }, "sets build.target: a"],
  ])("files of a crate that ask for %s are refused in words", async (_, change, words) => {
    await expect(world.prepare({ ...files, ...change }, ["crated"])).rejects.toThrow(words);
  });

  it("the cargo configuration of a bundle holds, and what a module needs wins over it", async () => {
    const answers = await world.answers({
      ...files,
      "rust-toolchain.toml": '[toolchain]\nchannel = "stable"\n',
      ".cargo/config.toml": '[env]\nANSWER = "42"\n[profile.release]\npanic = "abort"\nlto = true\n',
      "crated/src/lib.rs": 'pub fn crated() -> i64 { env!("ANSWER").parse().unwrap() }\n',
    });
    expect(answers.crated).toBe(42);
  });
});

class World {
  readonly #folder: string;
  readonly #archives = new Map<BundleDigest, Uint8Array>();
  readonly #host: HostRuntimes;

  static async create(): Promise<World> {
    const world = new World(await mkdtemp(join(tmpdir(), "polyglot-modules-")));
    await world.#host.start();
    return world;
  }

  private constructor(folder: string) {
    this.#folder = folder;
    this.#host = testHost(folder, async (digest) => this.#archives.get(digest) ?? new Uint8Array());
  }

  async built(bundle: Files): Promise<void> {
    await this.prepare(bundle, Object.keys(modules) as Name[]);
  }

  prepare(bundle: Files, names: readonly Name[]): Promise<void> {
    return this.#host.prepare(names.map((name) => ({ target: this.#target(bundle, name), version: undefined })));
  }

  /** What each module of the bundle gives, once it is prepared. */
  async answers(bundle: Files): Promise<Partial<Record<Name, unknown>>> {
    await this.built(bundle);
    const names = Object.keys(modules) as Name[];
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await this.#call(bundle, name)])));
  }

  async builds(): Promise<string[]> {
    return (await readdir(join(this.#folder, "builds"))).filter((name) => /^[0-9a-f]{64}$/.test(name));
  }

  async dispose(): Promise<void> {
    await this.#host.stop();
    await rm(this.#folder, { recursive: true });
  }

  async #call(bundle: Files, name: Name): Promise<unknown> {
    const attempt = { executionId: "modules", attemptNo: 1, node: "step", namespace: "modules" };
    const outcome = await this.#host.call(
      { ...attempt, target: this.#target(bundle, name), arguments: [], results: ["pg\\int"] },
      { signal: new AbortController().signal, onLog: () => undefined },
    );
    return outcome.kind === "values" ? outcome.values[0] : outcome;
  }

  #target(bundle: Files, name: Name): NativeTarget {
    const made = createBundle(new Map(Object.entries(bundle).map(([path, text]) => [path, Buffer.from(text)])));
    this.#archives.set(made.digest, made.archive);
    return {
      kind: "native",
      ...modules[name],
      origin: "bundle",
      function: name,
      bundle_digest: made.digest,
      signature: { parameters: [] },
    };
  }
}
