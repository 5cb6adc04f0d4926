/**
 * From git push to outcome, on real input: a repository is pushed, reconciled, and runs for a file that arrives; a second
 * commit changes the pipeline, and the next file runs the new version. `npm run quickstart`.
 */
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Execution } from "@polyglot/contracts/service";
import { Observer } from "./observer.ts";
import { Progress } from "./progress.ts";
import { removeFolder } from "./remove-folder.ts";
import { Repository } from "./repository.ts";
import { System } from "./system.ts";

const pipeline = "io.example>Orders#Report";
const here = import.meta.dirname;

const progress = new Progress();
const folder = realpathSync(mkdtempSync(join(tmpdir(), "polyglot-quickstart-")));
const host = join(folder, "host");
const incoming = join(host, "incoming");
const repository = new Repository(folder);
const system = new System(host);
let isInterrupted = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void interrupt(signal));

try {
  await tellStory();
  const code = await progress.during("everything stopped", () => system.stop());
  if (code !== 0) throw new Error(`'polyglot up' ended with code ${code}`);
  console.log(`\nDone in ${progress.seconds} s: two commits reconciled, two files handled, nothing left running.`);
  console.log("Next: README.md, 'Your first pipeline'.");
} catch (error) {
  if (!isInterrupted) await fail(error as Error);
} finally {
  removeFolder(folder);
}

async function tellStory(): Promise<void> {
  mkdirSync(incoming, { recursive: true });
  const first = await progress.during("a repository with the pipeline is pushed", async () => {
    await repository.create();
    return repository.push(join(here, "first"), "Report what customers owe");
  });
  progress.show(`commit ${first} in ${repository.url}`);
  await progress.during("PostgreSQL, a controller and an agent run (polyglot up)", () => system.start());
  const observer = new Observer(host);
  try {
    await declareRepository();
    const before = await showRevision(observer, first);
    const monday = await showFile(observer, "monday.csv");
    const second = await progress.during("a second commit that changes the pipeline is pushed", () =>
      repository.push(join(here, "second"), "Rank customers by what they owe"),
    );
    const after = await showRevision(observer, second);
    if (before === after) throw new Error(`the plan is ${after} still, though the pipeline has changed`);
    const tuesday = await showFile(observer, "tuesday.csv");
    compare(monday, tuesday, { first, second });
  } finally {
    observer.close();
  }
}

/** Makes the controller reconcile the repository. */
async function declareRepository(): Promise<void> {
  const document = [
    "apiVersion: polyglot.dev/v1",
    "kind: GitRepository",
    "metadata: { name: orders }",
    `spec: { url: "${repository.url}", branch: main, intervalSeconds: 1 }`,
  ];
  writeFileSync(join(folder, "repository.yaml"), `${document.join("\n")}\n`);
  await show("the repository is declared", "apply", "-f", "../repository.yaml");
}

/** Answers the digest of the plan that is in force now. */
async function showRevision(observer: Observer, revision: string): Promise<string> {
  const registered = await progress.during(`revision ${revision.slice(0, 10)} is reconciled`, async () => {
    await observer.reconciled("orders", revision);
    return observer.registered(pipeline);
  });
  await show("repositories", "get", "repositories");
  await show("pipelines", "get", "pipelines");
  return registered.planDigest;
}

async function showFile(observer: Observer, name: string): Promise<Execution> {
  const file = join(incoming, name);
  const activation = await progress.during(`${name} arrives in the watched folder and activates the pipeline`, () => {
    copyFileSync(join(here, "files", name), file);
    return observer.activated(pipeline, file);
  });
  progress.show(`activation ${activation.activationId} by ${activation.trigger}`);
  const { executionId } = activation;
  const execution = await progress.during("Python cleans the orders, Node.js writes the report", () =>
    observer.ended(executionId),
  );
  await show("outputs and metrics", "get", "executions", executionId);
  progress.show(`revision ${execution.revision.slice(0, 10)}, plan ${execution.planDigest}`);
  await show("log", "logs", executionId);
  if (execution.state !== "succeeded") throw new Error(`the execution ${execution.state}`);
  return execution;
}

function compare(monday: Execution, tuesday: Execution, revisions: { first: string; second: string }): void {
  expectEqual("revision of the first execution", monday.revision, revisions.first);
  expectEqual("revision of the second execution", tuesday.revision, revisions.second);
  expectEqual("first report", monday.outputs?.["report"], "Ada: 25.00 EUR; Grace: 120.00 EUR");
  expectEqual(
    "second report",
    tuesday.outputs?.["report"],
    "1. Alan: 99.00 USD; 2. Ada: 42.00 USD; 3. Grace: 12.50 USD",
  );
}

function expectEqual(what: string, seen: unknown, expected: unknown): void {
  if (seen !== expected) throw new Error(`${what}: expected ${String(expected)}, got ${String(seen)}`);
}

/** Runs a command as a person would, and shows it with its answer. */
async function show(what: string, ...args: string[]): Promise<void> {
  const answer = await progress.during(what, () => system.command(...args));
  progress.show(`$ polyglot ${args.join(" ")}\n${answer}`);
}

async function fail(error: Error): Promise<void> {
  process.exitCode = 1;
  console.error(`\nquickstart failed at '${progress.step}': ${error.message}`);
  console.error(`\nwhat 'polyglot up' said last:\n${system.news}`);
  await system.stop();
}

async function interrupt(signal: NodeJS.Signals): Promise<void> {
  if (isInterrupted) return;
  isInterrupted = true;
  console.error(`\nquickstart: ${signal}, stopping`);
  await system.stop();
  removeFolder(folder);
  process.exit(130);
}
