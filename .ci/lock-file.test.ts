/** Whether `npm ci` can take the lock file on every platform, with every version of npm. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

interface Entry {
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const path = join(import.meta.dirname, "..", "package-lock.json");
const { packages } = JSON.parse(readFileSync(path, "utf8")) as { packages: Readonly<Record<string, Entry>> };

test("package-lock.json has an entry for each optional package, those of other platforms too", () => {
  const missing = Object.values(packages)
    .flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
    .filter((name) => packages[`node_modules/${name}`] === undefined);
  // npm 11 refuses to install from such a file. An `npm install` whose registry lacks them leaves them out.
  expect(missing).toEqual([]);
});

test("package-lock.json names no registry", () => {
  const named = Object.entries(packages).filter(([, entry]) => entry.resolved !== undefined && entry.link !== true);
  expect(named.map(([name]) => name)).toEqual([]);
});
