import { mkdtemp, readdir, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { type Bundle, type BundleDigest, type CanonicalValue } from "@polyglot/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BundleFolders } from "./bundle-folder.ts";
import type { BundleStore } from "./bundle-store.ts";
import { nativeCall, oneEcho, threeParameters } from "./conformance/ask.ts";
import type { ConformanceHost } from "./conformance/case.ts";
import { conformanceCases } from "./conformance.ts";
import { findRuntimes } from "./find-runtimes.ts";
import type { HostRuntimes } from "./host-runtimes.ts";
import { node } from "./node/node.ts";
import { python } from "./python/python.ts";
import { conformanceBundle } from "./testing/conformance-bundle.ts";
import { processesNamed } from "./testing/processes-named.ts";
import { testHost } from "./testing/test-host.ts";
import { asJavaScript } from "./testing/value-kinds.ts";

const places = { searchPath: process.env["PATH"] ?? "", home: homedir(), environment: process.env };
const user = { setpriv: [] };
const found = (await Promise.all([python, node].map((language) => findRuntimes(language, places, [], user))))
  .flat()
  .map((checked) => checked.found)
  .flatMap(({ name, version, path, usable }) =>
    usable && (name === "python" || name === "node") ? [{ name, version, path }] : [],
  );

const bundles = new Map<string, Bundle>();
let host: HostRuntimes;
let dataFolder: string;

async function bundleOf(runtime: "python" | "node", replaced: Record<string, string> = {}): Promise<Bundle> {
  const bundle = await conformanceBundle(runtime, replaced);
  bundles.set(bundle.digest, bundle);
  return bundle;
}

const languages = {
  python: {
    lang: "py",
    path: "lib/functions.py",
    echoes: oneEcho("py\\object"),
    saidBesides: ["error from logging"],
    misfitType: "py\\list<dict<str,int>>",
    failures: [
      {
        call: { function: "look_up", arguments: [{ value: "missing" }] },
        lineage: ["KeyError", "LookupError", "Exception", "BaseException"],
        message: /missing/,
      },
    ],
    lineageOfRejected: ["Rejected", "ValueError", "Exception", "BaseException"],
    other: { "lib/helper.py": "def name():\n    return 'another helper'\n" },
    expected: (value: CanonicalValue) => value,
  },
  node: {
    lang: "js",
    path: "lib/functions.mjs",
    echoes: oneEcho("js\\object"),
    saidBesides: ["error from logging"],
    misfitType: "pg\\list<dict<string,int>>",
    failures: [
      {
        call: { function: "look_up", arguments: [{ value: "missing" }] },
        lineage: ["TypeError", "Error"],
        message: /undefined/,
      },
    ],
    lineageOfRejected: ["Rejected", "RangeError", "Error"],
    other: { "lib/helper.mjs": "export const name = () => 'another helper';\n" },
    expected: asJavaScript,
  },
} as const;

/** The path leads to the element. */
const misfitOf = (type: string): ConformanceHost["misfits"][number] => ({
  call: {
    function: "named",
    arguments: [{ name: "first", value: [{ price: 1 }, { price: "2" }], to: type }],
    signature: threeParameters,
  },
  message: /^first\[1\]\.price: a text has no converter/,
});

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "polyglot-runtimes-"));
  host = hostIn(dataFolder, new BundleFolders(fetchBundle, dataFolder));
  await host.start();
});

const fetchBundle = async (digest: BundleDigest): Promise<Uint8Array> =>
  bundles.get(digest)?.archive ?? new Uint8Array();

const hostIn = (folder: string, store: BundleStore): HostRuntimes => testHost(folder, fetchBundle, { bundles: store });

afterAll(async () => {
  await host.stop();
  const left = await processesNamed(dataFolder);
  if (left.length > 0) throw new Error(`processes outlive the runtimes' stop: ${left.join(", ")}`);
  await rm(dataFolder, { recursive: true });
});

describe.each(found)("$name $version ($path)", (runtime) => {
  const language = languages[runtime.name];

  async function conformanceHost(): Promise<ConformanceHost> {
    const bundle = await bundleOf(runtime.name);
    const self: ConformanceHost = {
      lang: language.lang,
      lacks: {},
      echoes: language.echoes,
      lineageOfRejected: language.lineageOfRejected,
      failures: language.failures,
      saidBesides: language.saidBesides,
      misfits: [misfitOf(language.misfitType)],
      expected: language.expected,
      otherBundle: (await bundleOf(runtime.name, language.other)).digest,
      processesNamed,
      call: (call, hooks = {}) => {
        const native = nativeCall(language.lang, call, language.path, bundle.digest);
        const signal = new AbortController().signal;
        return host.call({ ...native, runtimeVersion: runtime.version }, { signal, onLog: () => undefined, ...hooks });
      },
    };
    return self;
  }

  it.each(conformanceCases)("$fact", async (one) => {
    await expect(one.check(await conformanceHost())).resolves.toBeUndefined();
  });
});

it("this host has a Python and a Node to test with", () => {
  expect(new Set(found.map((runtime) => runtime.name))).toEqual(new Set(["python", "node"]));
});

it("code that a warm worker runs on stays unpacked beyond the limits", async () => {
  const folder = await mkdtemp(join(tmpdir(), "polyglot-runtimes-"));
  const fetched: string[] = [];
  const fetch = (digest: BundleDigest) => {
    fetched.push(digest);
    return fetchBundle(digest);
  };
  const store = new BundleFolders(fetch, folder, { limits: { maxBundles: 1 } });
  const own = hostIn(folder, store);
  await own.start();
  const { digest: first } = await bundleOf("python");
  const { digest: second } = await bundleOf("python", languages.python.other);
  for (const digest of [first, second, first]) {
    const call = nativeCall("py", { function: "echo" }, "lib/functions.py", digest);
    await own.call(call, { signal: new AbortController().signal, onLog: () => undefined });
  }
  expect(fetched).toEqual([first, second]);
  await own.stop();
  await store.folderOf(second);
  await store.stop();
  expect(await readdir(join(folder, "bundles"))).toEqual(expect.arrayContaining([second.replace("sha256:", "")]));
  await rm(folder, { recursive: true });
});
