/** Environments of Python: what `python -m venv` and pip make of a requirements file. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EnvironmentKind } from "./environment-kind.ts";
import { lookUpMark } from "./environment-kind.ts";
import { readRequirements } from "./requirements-files.ts";

const lookUp = String.raw`
import importlib, json, sys
def problem(module, name):
    try:
        value = importlib.import_module(module)
    except BaseException as error:
        return "%s cannot be imported: %s: %s" % (module, type(error).__name__, error)
    for part in name.split("."):
        try:
            value = getattr(value, part)
        except AttributeError:
            return "%s has no function '%s'" % (module, name)
    return None if callable(value) else "'%s' of %s is a %s and cannot be called" % (name, module, type(value).__name__)
found = [problem(module, name) for module, name in json.loads(sys.argv[2])]
sys.stdout.write("\n${lookUpMark}" + json.dumps(found) + "\n")
`;

export const pythonEnvironments: EnvironmentKind = {
  recipe: async ({ folder, path }, { path: python }) => {
    const { files, packages } = await readRequirements(folder, path);
    return {
      files: new Map([...files].map(([name, bytes]) => [`requirements/${name}`, bytes])),
      commands: [
        [python, "-I", "-m", "venv", "env"],
        // No cache: what one build could write there, another would install.
        [...pip, "install", "--no-cache-dir", "--progress-bar=off", "-r", `requirements/${path}`],
        ["/bin/sh", "-c", `${pip.join(" ")} freeze --all >env/packages.txt`],
      ],
      packages,
    };
  },
  relocate: async (from, to, folder) => {
    const programs = join(folder, "bin");
    for (const entry of await readdir(programs, { withFileTypes: true })) {
      if (entry.isFile()) await replaceIn(join(programs, entry.name), from, to);
    }
  },
  program: ({ path }, environment) => (environment === undefined ? path : join(environment, "bin", "python")),
  isFoundByPlace: false,
  lookUp: ["-I", "-B", "-X", "utf8", "-c", lookUp],
};

const pip = ["env/bin/python", "-I", "-m", "pip", "--no-input", "--disable-pip-version-check"] as const;

/** Scripts name their interpreter by its path; a program with NUL bytes is none. */
async function replaceIn(path: string, from: string, to: string): Promise<void> {
  const text = await readFile(path, "latin1");
  if (text.includes(from) && !text.includes("\0")) await writeFile(path, text.replaceAll(from, to), "latin1");
}
