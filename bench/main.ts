/**
 * `npm run bench [-- --json] [--executions N] [--waiting N] [--only GROUP]...`: measures Polyglot beside its peers, in
 * one run. With `NODE_OPTIONS="--cpu-prof --cpu-prof-dir=DIR"` each program leaves its profile in DIR.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { EmbeddedPostgres } from "@polyglot/cli/local/postgres";
import { BenchSystem } from "./bench-system.ts";
import { type CpuTime, cpuPerExecution, cpuTime } from "./cpu-time.ts";
import { formatRow, isMet, type Row } from "./row.ts";
import { borderCost, conversionShare, floatsCost } from "./rows/borders.ts";
import { sequentialSteps } from "./rows/chain.ts";
import { commandTimes } from "./rows/commands.ts";
import { complexRate } from "./rows/complex.ts";
import { checkEdit, checkProject, compileRate } from "./rows/compiler.ts";
import { moduleFigures } from "./rows/modules.ts";
import { observerLoad } from "./rows/observer.ts";
import { rawPostgres } from "./rows/raw-postgres.ts";
import { barePath } from "./rows/bare-path.ts";
import { withBareWebhooks } from "./rows/bare-peer.ts";
import { heldWebhooks } from "./rows/held-webhooks.ts";
import { type WebhookTarget, webhookRate } from "./rows/webhooks.ts";
import { simpleLatencies, simpleRate } from "./rows/simple.ts";

const { values: flags } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    executions: { type: "string", default: "20000" },
    waiting: { type: "string", default: "2000" },
    only: { type: "string", multiple: true },
  },
});

const say = (line: string) => process.stderr.write(`${line}\n`);
const executions = Number(flags.executions);
/** A whole round: the rate still grows for some 20,000 executions after the start. */
const warmUp = executions;

/** What webhooks have to be taken at, and for how long. */
const heldRate = { perSecond: 1_000, seconds: 60 } as const;
/** Work of the measurement before ends. */
const settleMs = 3_000;

const groups = {
  compiler: compilerRows,
  commands: commandRows,
  observer: observerRows,
  modules: moduleRows,
  simple: simpleRows,
  webhooks: webhookRows,
  complex: complexRows,
} satisfies Record<string, () => Promise<Row[]>>;

const unknown = flags.only?.find((name) => !(name in groups));
if (unknown !== undefined) throw new Error(`--only is one of ${Object.keys(groups).join(", ")}, got '${unknown}'`);
const rows: Row[] = [];
for (const [name, measure] of Object.entries(groups))
  if (flags.only === undefined || flags.only.includes(name)) rows.push(...(await measure()));
if (flags.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
else for (const row of rows) process.stdout.write(`${formatRow(row)}\n`);
process.exitCode = rows.every((row) => row.floor === undefined || isMet(row, row.floor)) ? 0 : 1;

async function compilerRows(): Promise<Row[]> {
  say("compiler: one large file, a project of 1,000 files, and an edit of one of them");
  return [
    { name: "compiler", unit: "MB/s", value: await compileRate(4_000), aim: 2 },
    { name: "check of 1,000 files", unit: "ms", value: await checkProject(1_000), aim: 1_000 },
    { name: "check after an edit", unit: "ms", value: await checkEdit(1_000), aim: 100 },
  ];
}

async function commandRows(): Promise<Row[]> {
  say("commands: from the start of the process to its end");
  const { node, help, validate } = commandTimes();
  const peer = { name: "node -e 0", value: node };
  return [
    { name: "polyglot --help", unit: "ms", value: help, aim: 250, peer },
    { name: "polyglot validate, one file", unit: "ms", value: validate, aim: 300, peer },
  ];
}

async function moduleRows(): Promise<Row[]> {
  say("modules: a Rust file is built, started and called");
  const figures = await moduleFigures();
  if (figures === undefined) return [];
  const { cold, compiler, warm, pythonStart, calls, pythonCalls } = figures;
  return [
    { name: "first answer of Rust, with its build", unit: "ms", value: cold, peer: { name: "rustc", value: compiler } },
    {
      name: "first answer of Rust, built before",
      unit: "ms",
      value: warm,
      aim: 100,
      peer: { name: "python -c pass", value: pythonStart },
    },
    { name: "calls of Rust", unit: "1/s", value: calls, peer: { name: "calls of Python", value: pythonCalls } },
  ];
}

async function observerRows(): Promise<Row[]> {
  say("observer: an agent's look at its host, once a second, for 30 s");
  return [{ name: "host observer at 1 Hz, of a core", unit: "%", value: await observerLoad(), aim: 2 }];
}

/** Signed webhooks beside a program that only verifies and inserts, on the same port and the same kind of store. */
async function webhookRows(): Promise<Row[]> {
  const count = Math.ceil(executions / 2);
  const { perSecond, seconds } = heldRate;
  say(`webhooks: ${count} signed ones, 256 at once; ${perSecond}/s for ${seconds} s; and the same to a bare program`);
  const measure = async (target: WebhookTarget) => ({
    most: await webhookRate(target, count, 256),
    held: await heldWebhooks(target, perSecond, seconds),
  });
  const bare = await onPostgres((url) => withBareWebhooks(url, measure));
  await using system = await BenchSystem.start(say);
  const target = await system.webhook();
  await webhookRate(target, warmUp, 256);
  const most = await webhookRate(target, count, 256);
  await sleep(settleMs);
  const before = cpuTime();
  const held = await heldWebhooks(target, perSecond, seconds);
  say(`webhooks: ${held.refused} of ${perSecond * seconds} were told to come later`);
  const peer = "bare http2 + insert";
  return [
    {
      ...{ name: "signed webhooks", unit: "1/s", value: most.perSecond, aim: 1_000 },
      peer: { name: peer, value: bare.most.perSecond },
    },
    {
      ...{ name: `ack at ${perSecond} webhooks/s, p99`, unit: "ms", value: held.acknowledged.p99 },
      percentiles: held.acknowledged,
      parts: { "taken each second": held.perSecond },
      peer: { name: peer, value: bare.held.acknowledged.p99 },
    },
    ...cpuRow("webhook with its execution", before, perSecond * seconds),
  ];
}

async function onPostgres<Answer>(measure: (url: string) => Promise<Answer>): Promise<Answer> {
  say("PostgreSQL of its own");
  const folder = mkdtempSync(join(tmpdir(), "polyglot-bench-raw-"));
  const postgres = new EmbeddedPostgres({ folder });
  try {
    await postgres.start();
    return await measure(postgres.url());
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function simpleRows(): Promise<Row[]> {
  const raw = await onPostgres((url) => rawPostgres(url, executions));
  say(`bare path: ${executions} executions, ${flags.waiting} waiting`);
  const bare = await onPostgres((url) => barePath(url, executions, Number(flags.waiting)));
  await using system = await BenchSystem.start(say);
  say("simple: warming up");
  await simpleRate(system, warmUp, Number(flags.waiting));
  say(`simple: ${executions} executions, ${flags.waiting} waiting`);
  const cpuBefore = cpuTime();
  const rate = await simpleRate(system, executions, Number(flags.waiting));
  const cost = cpuRow("simple", cpuBefore, executions);
  say(`simple: events at half of ${Math.round(rate)}/s`);
  const { activation, dispatch, endToEnd } = await simpleLatencies(system, rate / 2);
  say("chain: one execution of 40 steps at a time");
  const chain = await sequentialSteps(system);
  const peer = { name: "bare path", value: bare };
  return [
    { name: "simple per executioner", unit: "1/s", value: rate, floor: 1_000, aim: 7_000, peer },
    ...cost,
    { name: "bare path", unit: "1/s", value: bare, peer: { name: "raw PostgreSQL", value: raw } },
    { name: "activation latency p99", unit: "ms", value: activation.p99, percentiles: activation, floor: 100, aim: 10 },
    { name: "event to start p99", unit: "ms", value: dispatch.p99, percentiles: dispatch, floor: 150, aim: 15 },
    { name: "event to outcome p99", unit: "ms", value: endToEnd.p99, percentiles: endToEnd },
    { name: "40 sequential Python steps p50", unit: "ms", value: chain.p50, percentiles: chain, floor: 200 },
  ];
}

async function complexRows(): Promise<Row[]> {
  await using system = await BenchSystem.start(say);
  const count = Math.ceil(executions / 20);
  const waiting = Math.min(Number(flags.waiting), 200);
  say("complex: warming up, with the build of its Rust module");
  await complexRate(system, Math.ceil(count / 4), waiting);
  say(`complex: ${count} executions, ${waiting} waiting`);
  const cpuBefore = cpuTime();
  const rate = await complexRate(system, count, waiting);
  const cost = cpuRow("complex", cpuBefore, count);
  say("borders: one execution at a time");
  const border = await borderCost(system);
  const share = await conversionShare(system);
  const floats = await floatsCost(system, "Floats");
  const arrays = await floatsCost(system, "Arrays");
  const columns = await floatsCost(system, "Columns");
  return [
    { name: "complex per executioner", unit: "1/s", value: rate, floor: 100, aim: 300 },
    ...cost,
    {
      name: "border, 10 KB nested",
      unit: "µs",
      value: border.polyglot,
      aim: 1.5 * border.json,
      peer: { name: "plain JSON", value: border.json },
    },
    { name: "conversion share of a 25 ms step", unit: "%", value: share, floor: 5, aim: 1 },
    {
      name: "8 MB of floats, Python-Node-Python",
      unit: "ms",
      value: floats.polyglot,
      peer: { name: "memcpy twice", value: floats.memcpy },
    },
    {
      name: "8 MB array, Python-Rust and -Python",
      unit: "ms",
      value: arrays.polyglot,
      peer: { name: "memcpy", value: arrays.memcpy },
    },
    {
      name: "8 MB in two columns, Python-Python",
      unit: "ms",
      value: columns.polyglot,
      peer: { name: "memcpy", value: columns.memcpy },
    },
  ];
}

/** What one execution costs in all, and which process it is. Absent where there is no /proc to read it from. */
function cpuRow(name: string, before: CpuTime | undefined, count: number): Row[] {
  const after = cpuTime();
  if (before === undefined || after === undefined) return [];
  const parts = cpuPerExecution(before, after, count);
  const inMicroseconds = Object.fromEntries(Object.entries(parts).map(([part, ms]) => [part, ms * 1_000]));
  const value = Object.values(inMicroseconds).reduce((sum, part) => sum + part, 0);
  return [{ name: `${name}: CPU of one`, unit: "µs", value, parts: inMicroseconds }];
}
