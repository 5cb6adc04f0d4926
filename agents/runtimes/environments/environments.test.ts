import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BundleDigest, createBundle } from "@polyglot/contracts";
import { type Clock, systemClock } from "@polyglot/service";
import { describe, expect, it } from "vitest";
import { HeldValue, type Value } from "../../convert/held-value.ts";
import { wholePart } from "../../convert/shared-part.ts";
import type { HostRuntimes } from "../host-runtimes.ts";
import type { NativeOutcome } from "../native-call.ts";
import { eagerClock } from "../testing/eager-clock.ts";
import { testHost } from "../testing/test-host.ts";
import { processesNamed } from "../testing/processes-named.ts";
import { environmentLimits, type EnvironmentLimits } from "./limits.ts";

/** Of this host's `python3`: any from 3.10 on. */
const pythonVersion = execFileSync("python3", ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], {
  encoding: "utf8",
}).trim();

/** Real packages from the index that this host uses, so these take as long as the package clients do. */
describe.concurrent("environments", { timeout: 480_000 }, () => {
  it("two namespaces have different versions of numpy side by side, whose arrays nobody copies", async () => {
    const world = await World.create();
    const code = { "lib.py": "import numpy\ndef version():\n    return numpy.__version__\n" };
    const one = world.bundle({ ...code, "requirements.txt": "numpy==2.2.6\n" });
    const other = world.bundle({ ...code, "requirements.txt": "-r base.txt\n", "base.txt": "numpy==2.1.3\n" });
    const call = (bundle: BundleDigest, namespace: string) =>
      world.call({ ...python, bundle, namespace, path: "lib.py", function: "version" });
    const answers = await Promise.all([call(one, "first"), call(other, "second")]);
    expect(answers.map(valueOf)).toEqual(["2.2.6", "2.1.3"]);
    expect(world.logs).toContain("waits for its environment: installing requirements.txt (1 package)");
    await expectSharedArrays(world);
    await world.dispose();
  });

  it("code of a bundle finds what npm installed, by import and by require, and functions are looked up", async () => {
    const world = await World.create();
    const bundle = world.bundle({
      "lib/pad.mjs": 'import pad from "left-pad";\nexport const padded = () => pad("7", 3, "0");\n',
      "lib/pad.cjs": 'exports.padded = () => require("left-pad")("8", 3, "0");\n',
      "package.json": '{ "dependencies": { "left-pad": "1.3.0" }, "scripts": { "prepare": "exit 1" } }',
    });
    const call = (path: string) => world.call({ ...node, bundle, path, function: "padded" });
    expect(valueOf(await call("lib/pad.mjs"))).toBe("007");
    expect(valueOf(await call("lib/pad.cjs"))).toBe("008");
    const found = await world.lookUp({ ...node, bundle }, ["left-pad|default", "left-pad|no_such", "no-such|x"]);
    expect(found.get("left-pad|default")).toBeUndefined();
    expect(found.get("left-pad|no_such")).toBe("left-pad exports no function 'no_such'");
    expect(found.get("no-such|x")).toMatch(/^no-such cannot be loaded: Cannot find module 'no-such'/);
    await world.dispose();
  });

  it("an environment that was damaged is built again, one that nobody needs goes for another", async () => {
    const world = await World.create({ maxEnvironments: 1 });
    const bundle = world.bundle({ "requirements.txt": "six==1.16.0\n" });
    const other = world.bundle({ "requirements.txt": "six==1.15.0\n" });
    expect(await world.lookUp({ ...python, bundle }, ["six|ensure_str", "six|no_such"])).toEqual(
      new Map([["six|no_such", "six has no function 'no_such'"]]),
    );
    const [name = ""] = await world.environments();
    const module = join(world.folder, "environments", name, "lib", `python${pythonVersion}`, "site-packages", "six.py");
    await chmod(module, 0o600);
    await writeFile(module, "damaged");
    expect(await world.lookUp({ ...python, bundle }, ["six|ensure_str"])).toEqual(new Map());
    expect((await readFile(module, "utf8")).length).toBeGreaterThan(1_000);
    await world.lookUp({ ...python, bundle: other }, ["six|ensure_str"]);
    await world.host.stop();
    expect(await world.environments()).not.toContain(name);
    expect(await world.environments()).toHaveLength(1);
    await world.dispose();
  });

  it("a failure says what the package client said", async () => {
    const world = await World.create();
    const build = (text: string) => world.lookUp({ ...python, bundle: world.bundle({ "requirements.txt": text }) }, []);
    await expect(build("six==1.16.0\nsix==1.15.0\n")).rejects.toThrow(/six==1.1[56].0/);
    await expect(build("six==0.0.99\n")).rejects.toThrow("No matching distribution found for six==0.0.99");
    await expect(build("-r ../other.txt\n")).rejects.toThrow("requirements.txt:1: '../other.txt' is not a file of the");
    await expect(build("-c limits.txt\n")).rejects.toThrow("requirements.txt:1: there is no file 'limits.txt'");
    const bundle = world.bundle({ "requirements.txt": "six==0.0.99\n", "lib.py": "def one():\n    return 1\n" });
    const outcome = await world.call({ ...python, bundle, path: "lib.py", function: "one" });
    expect(outcome).toMatchObject({ kind: "error", error: { type: "pg\\!DependencyError" } });
    await world.dispose();
  });

  it("a build ends with its agent", async () => {
    const world = await World.create();
    const bundle = world.bundle({ "requirements.txt": "six==1.16.0\n" });
    const building = Promise.withResolvers<void>();
    const built = world.lookUp({ ...python, bundle }, [], () => building.resolve());
    await building.promise;
    await Promise.all([expect(built).rejects.toThrow("it was stopped"), world.dispose()]);
    expect(await processesNamed(world.folder)).toEqual([]);
  });

  it("an index that does not answer is asked again", async () => {
    const surroundings = { PIP_INDEX_URL: "http://127.0.0.1:9/simple", PIP_RETRIES: "1", PIP_FIND_LINKS: "" };
    const world = await World.create({}, surroundings, eagerClock(environmentLimits.pausesMs));
    const bundle = world.bundle({ "requirements.txt": "six==1.16.0\n" });
    await expect(world.lookUp({ ...python, bundle }, [])).rejects.toThrow("No matching distribution");
    const again = world.progress.filter((text) => text.includes("the index does not answer, again in"));
    expect(again).toHaveLength(environmentLimits.pausesMs.length);
    await world.dispose();
  });
});

/** Arrays of numpy lie where Rust and C++ read them, and the other way round: `pages` tells the file behind an array. */
async function expectSharedArrays(world: World): Promise<void> {
  const bundle = world.bundle({
    "lib.py": numpyText,
    "lib.rs": rustText,
    "lib.cpp": cppText,
    "requirements.txt": "numpy==2.2.6\n",
  });
  const inNumpy = (name: string, value?: Value) =>
    world.call({ ...python, bundle, path: "lib.py", function: name, given: value === undefined ? [] : [value] });
  const native = (lang: "rust" | "cpp", name: string, value: Value) =>
    world.call({
      lang,
      bundle,
      path: lang === "rust" ? "lib.rs" : "lib.cpp",
      function: name,
      given: [value],
      to: doubles[lang],
    });
  const made = valueOf(await inNumpy("made")) as Value;
  const files = await Promise.all([
    native("rust", "pages", made),
    native("cpp", "pages", made),
    inNumpy("pages", made),
  ]);
  expect(files.map(valueOf)).toEqual(files.map(() => world.inodeOf(made)));
  for (const lang of ["rust", "cpp"] as const) {
    const given = valueOf(await native(lang, "doubled", made)) as Value;
    expect(valueOf(await inNumpy("pages", given))).toBe(world.inodeOf(given));
    expect(valueOf(await inNumpy("total", given))).toBe(2 * 199_999 * 100_000);
  }
  const kinds = await Promise.all(
    ["narrow", "rows", "by_column"].map(async (name) =>
      valueOf(await inNumpy("described", valueOf(await inNumpy(name)) as Value)),
    ),
  );
  expect(kinds).toEqual([
    ["float32", [50_000], 49_999],
    ["int32", [300, 100], 29_999],
    ["float64", [300, 100], 29_999],
  ]);
}

const numpyText = `
import numpy
def version(): return numpy.__version__
def made(): return numpy.arange(200_000, dtype="f8")
def narrow(): return numpy.arange(50_000, dtype="f4")
def rows(): return numpy.arange(30_000, dtype="i4").reshape(300, 100)
def by_column(): return numpy.asfortranarray(numpy.arange(30_000, dtype="f8").reshape(300, 100))
def described(value: numpy.ndarray): return [value.dtype.name, list(value.shape), int(value.flat[-1])]
def total(value: numpy.ndarray): return int(value.sum())
def pages(value: numpy.ndarray):
    address = value.__array_interface__["data"][0]
    with open("/proc/self/maps") as maps:
        for line in maps:
            first, last = (int(end, 16) for end in line.split()[0].split("-"))
            if first <= address < last: return int(line.split()[4])
`;

const rustText = `
pub fn doubled(values: &[f64]) -> Vec<f64> { values.iter().map(|value| value * 2.0).collect() }
pub fn pages(values: &[f64]) -> u64 {
    let address = values.as_ptr() as usize;
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let holds = |line: &&str| {
        let (first, last) = line.split(' ').next().unwrap().split_once('-').unwrap();
        (usize::from_str_radix(first, 16).unwrap()..usize::from_str_radix(last, 16).unwrap()).contains(&address)
    };
    maps.lines().find(holds).unwrap().split_whitespace().nth(4).unwrap().parse().unwrap()
}
`;

const cppText = `
#include <fstream>
#include <span>
#include <sstream>
#include <string>
#include <vector>
std::vector<double> doubled(std::span<const double> values) {
  std::vector<double> twice(values.begin(), values.end());
  for (double& value : twice) value *= 2;
  return twice;
}
unsigned long pages(std::span<const double> values) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    unsigned long first, last, inode;
    char dash;
    std::string rest;
    std::istringstream words(line);
    words >> std::hex >> first >> dash >> last >> rest >> rest >> rest >> std::dec >> inode;
    const auto address = reinterpret_cast<unsigned long>(values.data());
    if (first <= address && address < last) return inode;
  }
  return 0;
}
`;

const doubles = { rust: "&[f64]", cpp: "span<double>" } as const;

const python = { lang: "py", environment: "requirements.txt" } as const;
const node = { lang: "js", environment: "package.json" } as const;

function valueOf(outcome: NativeOutcome): unknown {
  return outcome.kind === "values" ? outcome.values[0] : outcome;
}

interface Call {
  readonly lang: "py" | "js" | "rust" | "cpp";
  readonly bundle: BundleDigest;
  readonly namespace?: string;
  readonly path: string;
  readonly function: string;
  readonly origin?: "bundle" | "environment";
  readonly environment?: string;
  readonly given?: readonly Value[];
  /** The parameter's type, as its language writes it. */
  readonly to?: string;
}

class World {
  readonly logs: string[] = [];
  readonly progress: string[] = [];
  readonly #archives: Map<string, Uint8Array>;
  readonly host: HostRuntimes;
  readonly folder: string;

  static async create(
    limits: Partial<EnvironmentLimits> = {},
    environment = {},
    clock: Clock = systemClock,
  ): Promise<World> {
    const world = new World(await mkdtemp(join(tmpdir(), "polyglot-environments-")), limits, environment, clock);
    await world.host.start();
    return world;
  }

  constructor(folder: string, limits: Partial<EnvironmentLimits>, environment: Record<string, string>, clock: Clock) {
    this.folder = folder;
    this.#archives = new Map();
    this.host = testHost(folder, async (digest) => this.#archives.get(digest) ?? new Uint8Array(), {
      environment: { ...process.env, ...environment },
      environmentLimits: limits,
      clock,
    });
  }

  bundle(files: Record<string, string>): BundleDigest {
    const bundle = createBundle(new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])));
    this.#archives.set(bundle.digest, bundle.archive);
    return bundle.digest;
  }

  inodeOf(value: Value): number {
    const part = wholePart(value instanceof HeldValue ? value.text : "");
    return statSync(join(this.host.sharedFolder ?? "", part?.name ?? "is not shared")).ino;
  }

  call({
    lang,
    bundle,
    namespace = "test",
    path,
    function: name,
    origin = "bundle",
    environment,
    given = [],
    to,
  }: Call) {
    const type = to === undefined ? "pg\\any" : `${lang}\\${to}`;
    const signature = { parameters: given.map(() => ({ name: "values", optional: false, type })) };
    return this.host.call(
      {
        executionId: "execution",
        attemptNo: 1,
        node: "r0",
        namespace,
        ...(lang === "py" ? { runtimeVersion: pythonVersion } : {}),
        target: {
          kind: "native",
          lang,
          origin,
          path,
          function: name,
          bundle_digest: bundle,
          ...(to === undefined ? {} : { signature }),
        },
        ...(environment === undefined ? {} : { environment: { path: environment, bundleDigest: bundle } }),
        arguments: given.map((value) => ({ value, to: type })),
        results: ["pg\\any"],
      },
      { signal: new AbortController().signal, onLog: ({ text }) => this.logs.push(text) },
    );
  }

  /** Functions as `module|name`, which are their keys. */
  lookUp(
    { lang, bundle, environment }: Pick<Call, "bundle" | "environment"> & { readonly lang: "py" | "js" },
    functions: readonly string[],
    onProgress = () => {},
  ) {
    const need = { lang, bundleDigest: bundle, path: environment, version: lang === "py" ? pythonVersion : undefined };
    const wanted = functions.map((key) => {
      const [module = "", name = ""] = key.split("|");
      return { key, module, name };
    });
    return this.host.prepareEnvironment(need, wanted, (text) => {
      this.progress.push(text);
      onProgress();
    });
  }

  async environments(): Promise<string[]> {
    const names = await readdir(join(this.folder, "environments"));
    return names.filter((name) => /^[0-9a-f]{64}$/.test(name));
  }

  async dispose(): Promise<void> {
    await this.host.stop();
    await rm(this.folder, { recursive: true });
  }
}
