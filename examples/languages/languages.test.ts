/** The example's pipelines on a system of its own, as its README tells: packages are installed, libraries and crates built. */
import { execFileSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { System } from "../quickstart/system.ts";

let folder: string;
let system: System;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "polyglot-languages-"));
  await cp(import.meta.dirname, folder, { recursive: true, filter: (path) => !path.endsWith(".ts") });
  await useOwnPython(join(folder, "sensors.pg"));
  system = new System(folder);
  await system.start();
}, 120_000);

afterAll(async () => {
  await system.stop();
  await rm(folder, { recursive: true });
});

/** As the README tells who has another Python than the example names. */
async function useOwnPython(program: string): Promise<void> {
  const version = execFileSync("python3", ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], {
    encoding: "utf8",
  });
  const text = await readFile(program, "utf8");
  await writeFile(program, text.replaceAll("W.Python3.11", `W.Python${version.trim()}`));
}

/** What a run gave: it waits for what is being installed and built. */
async function outputsOf(pipeline: string, ...inputs: string[]): Promise<unknown> {
  const given = inputs.flatMap((input) => ["--input", input]);
  const text = await system.command("run", pipeline, ...given, "--wait", "-o", "json");
  return (JSON.parse(text) as { outputs: unknown }).outputs;
}

test("numbers go through Python, C++, Rust and Node.js, each with its packages", { timeout: 480_000 }, async () => {
  expect(await outputsOf("Report", `path=${join(folder, "readings.csv")}`)).toEqual({
    file: "north-meadow.txt",
    text: "North Meadow: 11.75 to 12.50 (05eea184)",
  });
  const pipelines = JSON.parse(await system.command("get", "pipelines", "-o", "json")) as {
    conditions: { type: string; status: string }[];
  }[];
  const prepared = pipelines.map(({ conditions }) => conditions.find(({ type }) => type === "Prepared")?.status);
  expect(prepared).toEqual(["True", "True", "True"]);
});

test("four languages answer the same at once", { timeout: 240_000 }, async () => {
  expect(await outputsOf("Means", "values=[1, 2.5, 4]")).toEqual({ python: 2.5, node: 2.5, rust: 2.5, cpp: 2.5 });
});

test("errors of four languages are handled by their class", { timeout: 240_000 }, async () => {
  expect(await outputsOf("Mistakes")).toEqual({
    python: "py\\!FileNotFoundError",
    node: "js\\!RangeError",
    rust: "rust\\!NoReadings",
    cpp: "cpp\\!InvalidArgument",
  });
});
