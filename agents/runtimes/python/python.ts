import { createRequire } from "node:module";
import { join, posix } from "node:path";
import { pythonEnvironments } from "../environments/python-environments.ts";
import { type InterpretedLanguage, readCheckLine } from "../language.ts";
import { programsNamed, type SearchPlaces, versionsUnder } from "../search-places.ts";
import { isVersionOf } from "../version.ts";

/**
 * A Python whose own library cannot be read may take another version's without a word, and then fail in ways that look
 * like the user's mistake. So the check imports from the library, compiled modules too, and compares where it came from.
 */
const check = String.raw`
import sys
problem = None
try:
    import asyncio, json, math, os, resource, sysconfig
    prefix = os.path.realpath(sys.base_prefix) + os.sep
    library = os.path.realpath(os.path.dirname(os.__file__))
    loaded = [os.path.realpath(sys.executable), library]
    if os.path.exists("/proc/self/maps"):
        with open("/proc/self/maps") as maps:
            loaded += [line.split()[-1] for line in maps if "/libpython" in line]
    foreign = [path for path in loaded if not path.startswith(prefix)]
    if foreign:
        problem = "it mixes " + foreign[0] + " with " + prefix
    elif library != os.path.realpath(sysconfig.get_path("stdlib")):
        problem = "it loads the library " + library + " instead of its own"
    elif sys.implementation.name != "cpython":
        problem = "it is not CPython"
except ImportError as error:
    problem = "its standard library cannot be imported: " + str(error)
def quote(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
version = "%d.%d.%d" % sys.version_info[:3]
print('{"version":%s,"problem":%s}' % (quote(version), quote(problem) if problem else "null"))
`;

export const python: InterpretedLanguage = {
  kind: "interpreted",
  lang: "py",
  name: "python",
  title: "Python",
  programs: "python3",
  oldestVersion: "3.10",
  candidates: findPythons,
  check: { arguments: ["-I", "-B", "-c", check], read: readCheckLine },
  offers: isVersionOf,
  // Isolated: neither the host's variables nor a user's site folder reach in. No .pyc files beside read-only sources.
  workerArguments: () => ["-I", "-B", "-X", "utf8", workerFile()],
  hasKeywords: true,
  crashLineage: () => ["SystemError", "Exception", "BaseException"],
  workerScope: (target) => (target.origin === "bundle" ? posix.dirname(target.path) : ""),
  environments: pythonEnvironments,
};

const workerFile = (): string => createRequire(import.meta.url).resolve("@polyglot/agents/runtimes/python/worker.py");

async function findPythons(places: SearchPlaces): Promise<string[]> {
  const { environment, home } = places;
  const program = join("bin", "python3");
  const found = await Promise.all([
    programsNamed(/^python3(\.\d+)?$/, places),
    versionsUnder(join(environment["PYENV_ROOT"] ?? join(home, ".pyenv"), "versions"), program),
    versionsUnder(environment["UV_PYTHON_INSTALL_DIR"] ?? join(home, ".local", "share", "uv", "python"), program),
    versionsUnder(join(environment["ASDF_DATA_DIR"] ?? join(home, ".asdf"), "installs", "python"), program),
  ]);
  return found.flat();
}
