import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duplex, Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Clock, systemClock } from "@polyglot/service";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { ContainedProcess } from "../limits/contained-process.ts";
import { FrameReader } from "./frames.ts";
import type { PoolReply } from "./pool-call.ts";
import { defaultPoolLimits } from "./pool-limits.ts";
import { Worker } from "./worker.ts";

const program = createRequire(import.meta.url).resolve("@polyglot/agents/runtimes/node/worker.mjs");
/** Written past Node's streams, as a child process or native code does. */
const source = `
import { closeSync, writeSync } from "node:fs";
export const say = (text) => { writeSync(1, text); writeSync(2, text); };
export const sayAndDie = (text) => { writeSync(2, text); process.exit(3); };
export const closeStreams = () => { closeSync(1); closeSync(2); };
`;
/** Turns of the event loop in which a reader that does not wait would long have settled. */
const manyTurns = 10;

let folder: string;
let worker: Worker;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "polyglot-worker-"));
  await writeFile(join(folder, "functions.mjs"), source);
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => worker.retire(0));

/** A process as it is, without delay. */
interface InTime extends Pick<ContainedProcess, "stdout" | "ended"> {
  readonly channel: Duplex;
}

interface Late {
  /** Of what the worker writes, this part is read late. */
  readonly part: "streams" | "channel" | "nothing";
  /** It is read when this has come over the other part. */
  readonly until: (read: InTime) => Promise<void>;
}

const inTime: Late = { part: "nothing", until: async () => undefined };

async function startWorker({ part, until }: Late, clock: Clock = systemClock): Promise<void> {
  const ready = Promise.withResolvers<void>();
  const command = { command: process.execPath, arguments: [program, folder], folder, environment: {}, channels: 2 };
  const contained = new ContainedProcess(command, { setpriv: false, userArguments: [] }, systemClock);
  const [channel, recalls] = contained.channels as [Duplex, Duplex];
  const { stdout, stderr } = contained;
  const gate = ready.promise.then(() => until({ channel, stdout, ended: contained.ended }));
  const late = (stream: Readable) => Readable.from(gated(stream, gate));
  if (part === "streams") Object.assign(contained, { stdout: late(stdout), stderr: late(stderr) });
  if (part === "channel") {
    Object.assign(contained, { channels: [Duplex.from({ readable: late(channel), writable: channel }), recalls] });
  }
  worker = new Worker(contained, defaultPoolLimits(2), clock, {
    onReady: () => ready.resolve(),
    onAnswered: () => undefined,
    onGivenBack: () => undefined,
    onEnded: () => undefined,
  });
  await ready.promise;
}

/** Lets a worker's first word pass, and all else when its time has come. */
async function* gated(chunks: AsyncIterable<Buffer>, opens: Promise<void>): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const chunk of chunks) {
    if (!isFirst || chunk[8] !== "h".charCodeAt(0)) await opens;
    isFirst = false;
    yield chunk;
  }
}

async function someTurns(): Promise<void> {
  for (let turn = 0; turn < manyTurns; turn += 1) await nextTurn();
}

const afterAnswers =
  (count: number): Late["until"] =>
  async ({ channel }) => {
    const reader = new FrameReader();
    const { promise, resolve } = Promise.withResolvers<void>();
    let left = count;
    channel.on("data", (chunk: Buffer) => {
      left -= reader.push(chunk)?.filter(({ kind }) => kind === "v").length ?? 0;
      if (left <= 0) resolve();
    });
    await promise;
    await someTurns();
  };

const afterOutput: Late["until"] = async ({ stdout }) => {
  await new Promise((resolve) => stdout.once("data", resolve));
  await someTurns();
};

interface Ended {
  readonly reply: PoolReply;
  readonly events: readonly string[];
}

function ask(name: string, text: string, execution: string): Promise<Ended> {
  const events: string[] = [];
  const request = { path: "functions.mjs", function: name, arguments: [text], results: 0, execution };
  return new Promise((resolve) =>
    worker.send({
      call: {
        body: JSON.stringify(request),
        functionName: name,
        signal: new AbortController().signal,
        onBegin: () => events.push("begin"),
        onLine: (line) => events.push(`${line.level} ${line.text}`),
      },
      isShort: true,
      settle: (reply) => resolve({ reply, events: events.sort() }),
    }),
  );
}

it("output that is read after the answer is still its call's, and of calls in line each has its own", async () => {
  await startWorker({ part: "streams", until: afterAnswers(3) });
  const ended = await Promise.all(["one", "two\n", "\u001ethree"].map((text) => ask("say", text, text)));
  expect(ended.map(({ events }) => events)).toEqual([
    ["begin", "info one", "warning one"],
    ["begin", "info two", "warning two"],
    ["begin", "info \u001ethree", "warning \u001ethree"],
  ]);
});

it("output that is read before the word that its call has begun is still its call's", async () => {
  await startWorker({ part: "channel", until: afterOutput });
  expect((await ask("say", "early", "e")).events).toEqual(["begin", "info early", "warning early"]);
});

it("the last words of a process that ends are its call's, however late they are read", async () => {
  const until = async ({ ended }: InTime) => {
    await ended;
    await someTurns();
  };
  await startWorker({ part: "streams", until });
  const { reply, events } = await ask("sayAndDie", "no more", "e");
  expect(events).toEqual(["begin", "warning no more"]);
  expect(reply).toMatchObject({ kind: "died", lastOutput: "no more" });
});

it("a call that closes its process's streams is answered all the same, and the process serves no other", async () => {
  const sleeping = Promise.withResolvers<() => void>();
  const clock: Clock = { ...systemClock, sleep: () => new Promise((resolve) => sleeping.resolve(resolve)) };
  await startWorker(inTime, clock);
  const closing = ask("closeStreams", "", "e");
  (await sleeping.promise)();
  expect((await closing).reply.kind).toBe("value");
  expect(worker.isWornOut).toBe(true);
});
