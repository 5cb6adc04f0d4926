/** What condition triggers ask of the runtimes on which steps of their pipeline would run here. */
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { languages } from "../runtimes/languages.ts";
import type { FoundRuntime } from "../runtimes/native-call.ts";
import { compareVersions, isVersionOf } from "../runtimes/version.ts";
import type { Check, HostCheck } from "../watch/host-checks.ts";

const limits = {
  /** Runtimes are found once, at the agent's start. */
  versionPeriodMs: 60_000,
  /** Starts a Python. */
  modulesPeriodMs: 60_000,
  answerMs: 20_000,
  answerBytes: 64 * 1024,
} as const;

const langs = { python: "py", node: "js", rust: "rust" } as const;
type RuntimeName = keyof typeof langs;
type Age = "older" | "same" | "newer";

const run = promisify(execFile);

export interface RuntimeChecksOptions {
  readonly dataRoot: string;
  readonly found: () => readonly FoundRuntime[];
}

export function runtimeChecks({ dataRoot, found }: RuntimeChecksOptions): Readonly<Record<string, Check>> {
  const version = (name: RuntimeName, age: Age): Check => ({
    periodMs: limits.versionPeriodMs,
    look: async (given, runtimes) => {
      const runtime = runtimeOf(found(), name, runtimes);
      return runtime !== undefined && ageOf(runtime.version, String(given["version"])) === age;
    },
  });
  return {
    "T.Check.Python.Version.Equal": version("python", "same"),
    "T.Check.Python.Version.LessThan": version("python", "older"),
    "T.Check.Python.Version.MoreThan": version("python", "newer"),
    "T.Check.Node.Version.Equal": version("node", "same"),
    "T.Check.Rust.Version.Equal": version("rust", "same"),
    "T.Check.Python.Modules.Requirements": {
      periodMs: limits.modulesPeriodMs,
      look: (given, runtimes, signal) => {
        const python = runtimeOf(found(), "python", runtimes);
        if (python === undefined) throw new Error("no Python that the pipeline could use is found here");
        return hasRequirements(python.path, resolve(dataRoot, String(given["path"])), signal);
      },
    },
  };
}

/** The one that steps take: the newest that offers what the pipeline asks for. */
function runtimeOf(
  found: readonly FoundRuntime[],
  name: RuntimeName,
  runtimes: HostCheck["runtimes"],
): FoundRuntime | undefined {
  const wanted = runtimes[langs[name]];
  const language = languages.find((one) => one.name === name);
  const usable = found.filter((runtime) => runtime.name === name && runtime.usable);
  return usable.find((one) => wanted === undefined || language?.offers(one.version, wanted) === true);
}

function ageOf(version: string, wanted: string): Age {
  if (isVersionOf(version, wanted)) return "same";
  return compareVersions(version, wanted) < 0 ? "older" : "newer";
}

/**
 * Prints what is missing, a line each. Names and versions are read by the `packaging` that is installed, or the one that
 * pip carries; where there is neither, names alone count. Options and addresses of a requirements file name no module.
 */
const program = `
import sys
from importlib import metadata
try:
    from packaging.requirements import Requirement
except ImportError:
    try:
        from pip._vendor.packaging.requirements import Requirement
    except ImportError:
        import re
        class Requirement:
            marker = None
            specifier = None
            def __init__(self, text):
                self.name = re.split(r"[^A-Za-z0-9._-]", text, maxsplit=1)[0]
text = open(sys.argv[1], encoding="utf-8").read().replace("\\\\\\n", " ")
for line in text.splitlines():
    line = line.split(" #")[0].strip()
    if not line or line[0] in "#-" or "://" in line.split("@")[0]:
        continue
    wanted = Requirement(line.split(" --")[0])
    if wanted.marker is not None and not wanted.marker.evaluate():
        continue
    try:
        version = metadata.version(wanted.name)
    except metadata.PackageNotFoundError:
        print(line)
        continue
    if wanted.specifier and not wanted.specifier.contains(version, prereleases=True):
        print(line)
`;

async function hasRequirements(python: string, file: string, signal: AbortSignal): Promise<boolean> {
  const options = { signal, timeout: limits.answerMs, maxBuffer: limits.answerBytes, env: {} };
  const { stdout } = await run(python, ["-I", "-c", program, file], options);
  return stdout.trim() === "";
}
