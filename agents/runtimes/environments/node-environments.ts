/** Environments of Node.js: what npm installs for a package.json, by its lock file where one lies beside it. */
import { readFile, realpath, stat } from "node:fs/promises";
import { delimiter, dirname, join, posix } from "node:path";
import type { FoundRuntime } from "../native-call.ts";
import type { SearchPlaces } from "../search-places.ts";
import { EnvironmentFailure } from "./environment-failure.ts";
import { type EnvironmentKind, lookUpMark } from "./environment-kind.ts";

const lockNames = ["package-lock.json", "npm-shrinkwrap.json"] as const;
const systemPath = "/usr/local/bin:/usr/bin:/bin";

const lookUp = `
const { createRequire } = require("node:module");
const { pathToFileURL } = require("node:url");
const own = createRequire(process.argv[1] + "/index.js");
const load = async (module) => {
  const found = own.resolve(module);
  return import(found.startsWith("/") ? pathToFileURL(found).href : found);
};
const pick = (value, name) => name.split(".").reduce((inner, part) => inner?.[part], value);
const problem = async ([module, name]) => {
  try {
    const loaded = await load(module);
    const value = pick(loaded, name) ?? pick(loaded.default, name);
    if (typeof value === "function") return null;
    if (value === undefined) return module + " exports no function '" + name + "'";
    return "'" + name + "' of " + module + " is a " + typeof value + " and cannot be called";
  } catch (error) {
    return module + " cannot be loaded: " + String(error?.message ?? error).split("\\n")[0];
  }
};
Promise.all(JSON.parse(process.argv[2]).map(problem)).then((found) => {
  process.stdout.write("\\n${lookUpMark}" + JSON.stringify(found) + "\\n", () => process.exit(0));
});
`;

export const nodeEnvironments: EnvironmentKind = {
  recipe: async ({ folder, path }, runtime, places) => {
    const manifest = await readManifest(folder, path);
    const locks = await Promise.all(lockNames.map((name) => readBeside(folder, path, name)));
    const files = new Map([["env/package.json", manifest.bytes], ...locks.flat()]);
    const npm = await findNpm(runtime, places);
    return {
      files,
      commands: [
        [
          ...["/usr/bin/env", `PATH=${dirname(runtime.path)}:${systemPath}`, runtime.path, npm],
          ...[files.size > 1 ? "ci" : "install", "--prefix=env", "--omit=dev", "--cache=npm-cache"],
          ...["--no-audit", "--no-fund", "--no-progress", "--no-update-notifier", "--loglevel=error"],
        ],
        ["mkdir", "-p", "env/node_modules"],
      ],
      packages: manifest.packages,
    };
  },
  program: ({ path }) => path,
  isFoundByPlace: true,
  lookUp: ["--input-type=commonjs", "-e", lookUp],
};

/** Without the package's own scripts: the bundle's code, which they are about, is not there when npm runs. */
async function readManifest(folder: string, path: string): Promise<{ bytes: Uint8Array; packages: number }> {
  const text = await readFile(join(folder, path), "utf8");
  const manifest = parse(text, path);
  const packages = [manifest["dependencies"], manifest["optionalDependencies"]].flatMap((names) =>
    isObject(names) ? Object.keys(names) : [],
  ).length;
  const { scripts: _, ...rest } = manifest;
  return { bytes: Buffer.from(JSON.stringify(rest, undefined, 2)), packages };
}

function parse(text: string, path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (error) {
    throw new EnvironmentFailure(`${path} is no JSON: ${(error as Error).message}`);
  }
  throw new EnvironmentFailure(`${path} is no JSON object`);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

async function readBeside(folder: string, path: string, name: string): Promise<[string, Uint8Array][]> {
  const bytes = await readFile(join(folder, posix.dirname(path), name)).catch(() => undefined);
  return bytes === undefined ? [] : [[`env/${name}`, bytes]];
}

/** The runtime's own npm, else the first on the PATH, which runs on the runtime all the same. */
async function findNpm({ path, version }: FoundRuntime, { searchPath }: SearchPlaces): Promise<string> {
  const own = join(dirname(path), "..", "lib", "node_modules", "npm", "bin", "npm-cli.js");
  const folders = `${searchPath}${delimiter}${systemPath}`.split(delimiter).filter((folder) => folder.startsWith("/"));
  for (const candidate of [own, ...folders.map((folder) => join(folder, "npm"))]) {
    const found = await realpath(candidate).catch(() => undefined);
    if (found?.endsWith(".js") === true && (await stat(found)).isFile()) return found;
  }
  throw new EnvironmentFailure(`there is no npm beside Node.js ${version} (${path}) and none on the agent's PATH`);
}
