/** Whether the code keeps to the layer table of ARCHITECTURE.md: the table is the rule, this reads it. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

const root = import.meta.dirname;

/** Folders that hold packages, or are one. `docs` and the like hold no code. */
const packages = ["schemas/contracts", "schemas/service", "schemas/compiler", "controller", "agents", "cli"];
const aside = ["clients", "bench", "chaos", "examples"];

/** Packages whose folders are layers of their own; the others are one layer. */
const layered = ["controller", "agents", "cli", "clients"];

const declared = readTable();

test("every folder of code stands in the table", () => {
  const folders = [...packages, ...aside].flatMap((name) => (layered.includes(name) ? layersOf(name) : [name]));
  expect(folders.filter((folder) => !declared.has(folder))).toEqual([]);
});

test("every name in the table is on disk", () => {
  const names = [...declared.keys(), ...[...declared.values()].flat()];
  expect(names.filter((name) => !isFolder(name))).toEqual([]);
});

test("the table has no circle", () => {
  expect([...declared.keys()].filter((layer) => reachable(layer, false).has(layer))).toEqual([]);
});

test("no file imports a layer that its own may not", () => {
  const undeclared = [...packages, ...aside].flatMap(sourceFiles).flatMap((file) => {
    const from = layerOf(file);
    return importsOf(file)
      .map((target) => layerOfImport(file, target))
      .filter((to) => to !== undefined && !mayImport(from, to))
      .map((to) => `${file} imports ${to}`);
  });
  expect(undeclared).toEqual([]);
});

test("no package.json or tsconfig.json declares an arrow that the table lacks", () => {
  const undeclared = [...packages, ...aside].flatMap((name) =>
    [...packageArrows(name), ...referenceArrows(name)]
      .filter(
        (to) => ![...layersAndSelf(name)].some((layer) => [...reachable(layer, true)].some((at) => owner(at) === to)),
      )
      .map((to) => `${name} depends on ${to}`),
  );
  expect(undeclared).toEqual([]);
});

test("what a package imports of ours stands in its package.json", () => {
  const missing = [...packages, ...aside].flatMap((name) => {
    const arrows = new Set([...packageArrows(name), name]);
    const used = sourceFiles(name).flatMap((file) =>
      importsOf(file).flatMap((target) => (target.startsWith("@polyglot/") ? [packageOf(target)] : [])),
    );
    return [...new Set(used)].filter((to) => !arrows.has(to)).map((to) => `${name} imports ${to}`);
  });
  expect(missing).toEqual([]);
});

/** Rows `| \`layer\` | \`import\`, … | …`. */
function readTable(): ReadonlyMap<string, readonly string[]> {
  const rows = readFileSync(join(root, "ARCHITECTURE.md"), "utf8").matchAll(/^\| `([\w/]+)` \|([^|]*)\|/gm);
  return new Map(
    [...rows].map(([, layer = "", imports = ""]) => [
      layer,
      [...imports.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
    ]),
  );
}

/** All that a layer may import: what its row names, and what those may. */
function reachable(layer: string, withSelf: boolean): Set<string> {
  const found = new Set<string>(withSelf ? [layer] : []);
  const open = [...(declared.get(layer) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(declared.get(next) ?? []));
  }
  return found;
}

/** A file that stands in the package's own folder (`index.ts`) may use all of its layers. */
function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  if (layered.includes(from)) return layersOf(from).some((layer) => reachable(layer, true).has(to));
  return reachable(from, false).has(to);
}

function layersOf(name: string): string[] {
  return readdirSync(join(root, name), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !skipped.has(entry.name))
    .map((entry) => `${name}/${entry.name}`)
    .filter((folder) => sourceFiles(folder).length > 0);
}

const layersAndSelf = (name: string): readonly string[] => (layered.includes(name) ? layersOf(name) : [name]);

const skipped = new Set(["dist", "node_modules"]);

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : sourceFiles(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

const owner = (path: string): string => [...packages, ...aside].find((name) => `${path}/`.startsWith(`${name}/`)) ?? "";

/** The layer that a file or folder belongs to; the package itself for a file in its own folder. */
function layerOf(path: string): string {
  const name = owner(path);
  if (!layered.includes(name)) return name;
  const folder = `${name}/${path.slice(name.length + 1).split("/")[0] ?? ""}`;
  return isFolder(folder) ? folder : name;
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  const statements = text.matchAll(/^\s*(?:import|export)\s(?:[^;"'`]*?\sfrom\s+)?"([^"]+)"/gm);
  const calls = text.matchAll(/\bimport\("([^"]+)"\)/g);
  return [...statements, ...calls].map(([, target = ""]) => target);
}

/** Undefined for what is not ours. */
function layerOfImport(file: string, target: string): string | undefined {
  if (target.startsWith(".")) return layerOf(relative(root, join(root, dirname(file), target)));
  if (!target.startsWith("@polyglot/")) return undefined;
  const name = packageOf(target);
  const inside = target.split("/").slice(2);
  return layerOf(inside.length > 0 && layered.includes(name) ? `${name}/${inside.join("/")}` : name);
}

/** `schemas/contracts` for `@polyglot/contracts/service`. */
function packageOf(target: string): string {
  const short = target.split("/")[1] ?? "";
  return [...packages, ...aside].find((name) => name === short || name === `schemas/${short}`) ?? short;
}

function packageArrows(name: string): string[] {
  const file = JSON.parse(readFileSync(join(root, name, "package.json"), "utf8")) as Record<string, object | undefined>;
  return Object.keys({ ...file["dependencies"], ...file["devDependencies"] })
    .filter((dependency) => dependency.startsWith("@polyglot/"))
    .map(packageOf);
}

function referenceArrows(name: string): string[] {
  const file = JSON.parse(readFileSync(join(root, name, "tsconfig.json"), "utf8")) as {
    references?: { path: string }[];
  };
  return (file.references ?? []).map(({ path }) => relative(root, join(root, name, path)));
}

function isFolder(path: string): boolean {
  return statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() ?? false;
}
