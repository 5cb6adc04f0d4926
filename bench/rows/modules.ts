/** Rust as a runtime: its build, its start and its calls, without controller and store. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { HostRuntimes } from "@polyglot/agents/runtimes/host-runtimes";
import { silentLogger, systemClock } from "@polyglot/service";

const source = "pub fn next(value: i64) -> i64 {\n    value + 1\n}\n";
const python = "def next(value):\n    return value + 1\n";
const bundleDigest = `sha256:${"0".repeat(64)}`;
const signature = { parameters: [{ name: "value", type: "rust\\i64", optional: false }], results: ["rust\\i64"] };

const starts = 5;
const callsAtOnce = 16;
const callSeconds = 3;

export interface ModuleFigures {
  /** Milliseconds until the first answer, with the build. */
  readonly cold: number;
  /** Milliseconds that `rustc` takes for the same file alone. */
  readonly compiler: number;
  /** Milliseconds until the first answer of an agent that has the build already. */
  readonly warm: number;
  /** Milliseconds of `python -c pass`. */
  readonly pythonStart: number;
  /** A second, many at once. */
  readonly calls: number;
  readonly pythonCalls: number;
}

/** Undefined on a host without `rustc` or Python. */
export async function moduleFigures(): Promise<ModuleFigures | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "polyglot-bench-modules-"));
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, "next.rs"), source);
  writeFileSync(join(folder, "next.py"), python);
  try {
    const cold = await withHost(folder, (host) => taken(() => call(host, "rust")));
    const { rustc, interpreter } = cold;
    if (rustc === undefined || interpreter === undefined) return undefined;
    const warm = [];
    for (let index = 0; index < starts; index += 1)
      warm.push((await withHost(folder, (host) => taken(() => call(host, "rust")))).value);
    const rates = await withHost(
      folder,
      async (host) => [await rateOf(host, "rust"), await rateOf(host, "py")] as const,
    );
    const [calls, pythonCalls] = rates.value;
    return {
      cold: cold.value,
      compiler: timeOf(rustc, ["-Copt-level=3", "--crate-type=cdylib", "-oalone.so", "next.rs"], folder),
      warm: median(warm),
      pythonStart: median(Array.from({ length: starts }, () => timeOf(interpreter, ["-c", "pass"], folder))),
      calls,
      pythonCalls,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An agent's runtimes, started for `use` alone; what is built stays in the folder. */
async function withHost<Value>(folder: string, use: (host: HostRuntimes) => Promise<Value>) {
  const host = new HostRuntimes({
    searchPath: process.env["PATH"] ?? "",
    home: homedir(),
    environment: process.env,
    bundles: { folderOf: async () => folder, hold: () => () => undefined },
    dataFolder: join(folder, "data"),
    dataRoots: [],
    userId: process.getuid?.(),
    cores: availableParallelism(),
    clock: systemClock,
    logger: silentLogger,
  });
  await host.start();
  try {
    const pathOf = (wanted: string) => host.found().find(({ name, usable }) => name === wanted && usable)?.path;
    // Without them the figure is that of an error, and nobody looks at it.
    return { rustc: pathOf("rust"), interpreter: pathOf("python"), value: await use(host) };
  } finally {
    await host.stop();
  }
}

async function call(host: HostRuntimes, lang: "rust" | "py"): Promise<void> {
  const path = lang === "rust" ? "next.rs" : "next.py";
  const target = {
    kind: "native",
    lang,
    origin: "bundle",
    path,
    function: "next",
    bundle_digest: bundleDigest,
  } as const;
  await host.call(
    {
      executionId: "bench",
      attemptNo: 1,
      node: "r0",
      namespace: "bench",
      target: lang === "rust" ? { ...target, signature } : target,
      arguments: [{ value: 41, to: lang === "rust" ? "rust\\i64" : "py\\int" }],
      results: ["pg\\int"],
    },
    { signal: new AbortController().signal, onLog: () => undefined },
  );
}

async function rateOf(host: HostRuntimes, lang: "rust" | "py"): Promise<number> {
  await call(host, lang);
  const end = performance.now() + callSeconds * 1000;
  const chains = Array.from({ length: callsAtOnce }, async () => {
    let count = 0;
    for (; performance.now() < end; count += 1) await call(host, lang);
    return count;
  });
  return (await Promise.all(chains)).reduce((sum, count) => sum + count, 0) / callSeconds;
}

async function taken(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function timeOf(program: string, args: readonly string[], cwd: string): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(program, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
  return performance.now() - startedAt;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
