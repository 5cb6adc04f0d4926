/**
 * The conformance suite over Rust and C++: its functions are read by the compiler, built by this host's compilers and run
 * by the agent's runtimes. It stands here because a compiled language needs signatures, and agents do not know the compiler.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { type Bundle, type BundleDigest, createBundle, readBundle } from "@polyglot/contracts";
import { silentLogger, systemClock } from "@polyglot/service";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BundleFolders } from "./agents/runtimes/bundle-folder.ts";
import { compiledConformance } from "./agents/runtimes/compiled/conformance.fixture.ts";
import { nativeCall } from "./agents/runtimes/conformance/ask.ts";
import type { ConformanceHost } from "./agents/runtimes/conformance/case.ts";
import { conformanceCases } from "./agents/runtimes/conformance.ts";
import { HostRuntimes } from "./agents/runtimes/host-runtimes.ts";
import { conformanceBundle } from "./agents/runtimes/testing/conformance-bundle.ts";
import { processesNamed } from "./agents/runtimes/testing/processes-named.ts";
import { BundleReader } from "./schemas/compiler/signatures/bundle-reader.ts";
import { readCpp } from "./schemas/compiler/signatures/cpp.ts";
import { readCrate } from "./schemas/compiler/signatures/crate.ts";
import { Grammars } from "./schemas/compiler/signatures/grammars.ts";
import type { NativeModule } from "./schemas/compiler/signatures/native-module.ts";

const grammars = await Grammars.load();
const bundles = new Map<string, Bundle>();
let host: HostRuntimes;
let dataFolder: string;

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "polyglot-compiled-"));
  host = new HostRuntimes({
    searchPath: process.env["PATH"] ?? "",
    home: homedir(),
    environment: process.env,
    bundles: new BundleFolders(
      async (digest: BundleDigest) => bundles.get(digest)?.archive ?? new Uint8Array(),
      dataFolder,
    ),
    dataFolder,
    dataRoots: [],
    userId: process.getuid?.(),
    cores: availableParallelism(),
    clock: systemClock,
    logger: silentLogger,
  });
  await host.start();
});

afterAll(async () => {
  await host.stop();
  const left = await processesNamed(dataFolder);
  if (left.length > 0) throw new Error(`processes outlive the runtimes' stop: ${left.join(", ")}`);
  await rm(dataFolder, { recursive: true });
});

/** What the compiler reads of a file of the bundle. */
function read(lang: "rust" | "cpp", path: string, bundle: Bundle): NativeModule {
  const reader = new BundleReader(readBundle(bundle.archive), grammars);
  const module = lang === "rust" ? readCrate(path, reader) : reader.readFile("cpp", path, (root) => readCpp(root));
  if (module === undefined) throw new Error(`${path} is not in the bundle`);
  return module;
}

describe.each(compiledConformance)("$title", (language) => {
  const { lang, path, version, about } = language;
  const self = Promise.withResolvers<ConformanceHost & { readonly functions: NativeModule["functions"] }>();

  beforeAll(async () => {
    const bundle = await conformanceBundle(lang);
    const other = await conformanceBundle(lang, language.other);
    for (const one of [bundle, other]) bundles.set(one.digest, one);
    const { functions } = read(lang, path, bundle);
    const isModern = version !== "11";
    const wanted = new Set([...functions.keys(), ...Object.values(language.echoes).map((echo) => echo.function)]);
    const used = [...wanted].filter((name) => isModern || !/optional|nested|view/.test(name));
    await prepare(bundle.digest, used, functions);
    if (about === "all") await prepare(other.digest, ["use_helper", "next_number"], functions);
    self.resolve({
      ...language,
      functions,
      saidBesides: [],
      expected: (value) => value,
      otherBundle: other.digest,
      processesNamed,
      call: (call, hooks = {}) => {
        const signature = functions.get(call.function);
        const native = nativeCall(lang, { ...call, ...(signature && { signature }) }, path, bundle.digest);
        const signal = new AbortController().signal;
        const asked = version === undefined ? native : { ...native, runtimeVersion: version };
        return host.call(asked, { signal, onLog: () => undefined, ...hooks });
      },
    });
  }, 300_000);

  const prepare = (digest: BundleDigest, names: readonly string[], functions: NativeModule["functions"]) =>
    host.prepare(
      names.map((name) => {
        const signature = functions.get(name);
        const { target } = nativeCall(lang, { function: name, ...(signature && { signature }) }, path, digest);
        return { target, version };
      }),
    );

  const cases = conformanceCases.filter((one) => about === "all" || one.about === about);
  it.each(cases.filter(({ fact }) => !(fact in language.lacks)))("$fact", async (one) => {
    await expect(one.check(await self.promise)).resolves.toBeUndefined();
  });

  it("lacks nothing but kinds and facts of the suite", () => {
    const facts = new Set(conformanceCases.map(({ fact }) => fact));
    const strange = Object.keys(language.lacks).filter((name) => name.includes(" ") && !facts.has(name));
    expect(strange).toEqual([]);
  });

  it("functions of the other types answer what they are given", async () => {
    const conforming = await self.promise;
    for (const [name, given, answer = given] of language.besides) {
      const outcome = await conforming.call({ function: name, arguments: [{ value: given }], results: ["pg\\any"] });
      expect({ name, ...outcome }).toMatchObject({ name, kind: "values", values: [answer] });
    }
  });

  it.each(about === "all" ? ["abort_process", "overflow_stack"] : [])("%s takes its own call with it", async (name) => {
    const conforming = await self.promise;
    const given = name === "overflow_stack" ? [{ value: 0 }] : [];
    const deadly = conforming.call({ function: name, arguments: given, results: [] });
    const others = Array.from({ length: 5 }, (_, value) =>
      conforming.call({ function: "echo_int", arguments: [{ value }], results: ["pg\\int"] }),
    );
    expect(await deadly).toMatchObject({ kind: "error", error: { message: expect.stringMatching(/SIG(SEGV|ABRT)/) } });
    expect(await Promise.all(others)).toMatchObject([0, 1, 2, 3, 4].map((value) => ({ values: [value] })));
  });

  it("every function of the suite is one that the compiler can read", async () => {
    const { functions } = await self.promise;
    expect([...functions].filter(([, signature]) => signature === undefined).map(([name]) => name)).toEqual([]);
  });
});

const cmake = (text: string): string => `cmake_minimum_required(VERSION 3.16)\nproject(geo CXX)\n${text}\n`;

interface Broken {
  readonly title: string;
  readonly lang: "rust" | "cpp";
  readonly path: string;
  readonly files: Readonly<Record<string, string>>;
  readonly said: RegExp;
}

const broken: readonly Broken[] = [
  {
    title: "a Rust file",
    lang: "rust",
    path: "lib/broken.rs",
    files: { "lib/broken.rs": "pub fn broken() -> i64 {\n    missing()\n}\n" },
    said: /error\[E0425\].*\n +--> lib\/broken\.rs:2:5/,
  },
  {
    title: "a crate of a workspace",
    lang: "rust",
    path: "rows/sums",
    files: {
      "rows/Cargo.toml": '[workspace]\nmembers = ["sums"]\nresolver = "2"\n',
      "rows/sums/Cargo.toml": '[package]\nname = "row-sums"\nversion = "0.1.0"\nedition = "2021"\n',
      "rows/sums/src/lib.rs": "pub fn broken() -> i64 {\n    missing()\n}\n",
    },
    said: /error\[E0425\].*\n +--> rows\/sums\/src\/lib\.rs:2:5/,
  },
  {
    title: "a crate whose lock file is of other packages",
    lang: "rust",
    path: "sums",
    files: {
      "sums/Cargo.toml":
        '[package]\nname = "row-sums"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nother = { path = "../other" }\n',
      "sums/Cargo.lock": 'version = 4\n\n[[package]]\nname = "row-sums"\nversion = "0.1.0"\n',
      "sums/src/lib.rs": "pub fn broken() {}\n",
      "other/Cargo.toml": '[package]\nname = "other"\nversion = "0.1.0"\nedition = "2021"\n',
      "other/src/lib.rs": "",
    },
    said: /build: error: .*lock file sums\/Cargo\.lock/,
  },
  {
    title: "a C++ file",
    lang: "cpp",
    path: "lib/broken.cpp",
    files: { "lib/broken.cpp": "int broken() {\n  return missing();\n}\n" },
    said: /build: lib\/broken\.cpp:2:10: error: /,
  },
  {
    title: "a source file of a CMake folder",
    lang: "cpp",
    path: "geo",
    files: {
      "geo/CMakeLists.txt": cmake("add_library(geo src/broken.cpp)\ntarget_include_directories(geo PUBLIC .)"),
      "geo/broken.h": "int broken();\n",
      "geo/src/broken.cpp": '#include "broken.h"\nint broken() { return missing(); }\n',
    },
    said: /build: geo\/src\/broken\.cpp:2:23: error: /,
  },
  {
    title: "the text of a CMake folder",
    lang: "cpp",
    path: "geo",
    files: { "geo/CMakeLists.txt": "add_library(geo missing.cpp)\n", "geo/broken.h": "int broken();\n" },
    said: /build: CMake Error at geo\/CMakeLists\.txt:1 \(add_library\):\n +Cannot find source file:/,
  },
  {
    title: "a declaration of a CMake folder that nothing defines",
    lang: "cpp",
    path: "geo",
    files: { "geo/CMakeLists.txt": cmake("add_library(geo INTERFACE)"), "geo/broken.h": "int broken();\n" },
    said: /undefined reference to [`']broken\(\)'/,
  },
];

it.each(broken)("$title that does not build is said with its place in the bundle", async (one) => {
  const { lang, path, files, said } = one;
  const bundle = createBundle(new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])));
  bundles.set(bundle.digest, bundle);
  const signature = { parameters: [] };
  const { target } = nativeCall(lang, { function: "broken", signature }, path, bundle.digest);
  const problem = await host.prepare([{ target, version: undefined }]).catch((error: Error) => error.message);
  expect(problem).toMatch(said);
  expect(problem).not.toContain(dataFolder);
});
