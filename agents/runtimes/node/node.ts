import { createRequire } from "node:module";
import { join } from "node:path";
import { nodeEnvironments } from "../environments/node-environments.ts";
import { type InterpretedLanguage, readCheckLine } from "../language.ts";
import { programsNamed, type SearchPlaces, versionsUnder } from "../search-places.ts";
import { isVersionOf } from "../version.ts";

const check = `
import("node:async_hooks").then(() => {
  const { node } = process.versions;
  console.log(JSON.stringify({ version: node, problem: null }));
});
`;

export const node: InterpretedLanguage = {
  kind: "interpreted",
  lang: "js",
  name: "node",
  title: "Node.js",
  programs: "node",
  oldestVersion: "18",
  candidates: findNodes,
  check: { arguments: ["--input-type=commonjs", "-e", check], read: readCheckLine },
  offers: isVersionOf,
  workerArguments: () => [workerFile()],
  hasKeywords: false,
  crashLineage: () => ["Error"],
  workerScope: () => "",
  environments: nodeEnvironments,
};

const workerFile = (): string => createRequire(import.meta.url).resolve("@polyglot/agents/runtimes/node/worker.mjs");

async function findNodes(places: SearchPlaces): Promise<string[]> {
  const { environment, home } = places;
  const program = join("bin", "node");
  const data = environment["XDG_DATA_HOME"] ?? join(home, ".local", "share");
  const fnm = [environment["FNM_DIR"], join(data, "fnm"), join(home, ".fnm")].filter((folder) => folder !== undefined);
  const found = await Promise.all([
    programsNamed(/^node(js)?$/, places),
    versionsUnder(join(environment["NVM_DIR"] ?? join(home, ".nvm"), "versions", "node"), program),
    ...fnm.map((folder) => versionsUnder(join(folder, "node-versions"), join("installation", program))),
    versionsUnder(join(environment["VOLTA_HOME"] ?? join(home, ".volta"), "tools", "image", "node"), program),
    versionsUnder(join(environment["ASDF_DATA_DIR"] ?? join(home, ".asdf"), "installs", "nodejs"), program),
  ]);
  // The one that runs the agent is there for certain.
  return [process.execPath, ...found.flat()];
}
