/** Library workers as real processes, contained as the host allows. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { CanonicalValue } from "@polyglot/contracts";
import { silentLogger, systemClock } from "@polyglot/service";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { WorkerLauncher } from "../limits/worker-launcher.ts";
import { defaultWorkerLimits } from "../limits/worker-limits.ts";
import { BundleFolders } from "../runtimes/bundle-folder.ts";
import { HostRuntimes } from "../runtimes/host-runtimes.ts";
import { processesNamed } from "../runtimes/testing/processes-named.ts";
import { defaultContainedLimits } from "../stdlib/contained/contained-function.ts";
import type { LibrarySession, SessionEnd } from "./library-session.ts";
import { LibraryWorkers, type LibraryWorkerLimits } from "./library-workers.ts";

const folder = mkdtempSync(join(tmpdir(), "polyglot-library-"));
const dataRoot = join(folder, "data");
const settings = { dataRoot, limits: defaultContainedLimits, allowNetworks: [] };
const runtimes = new HostRuntimes({
  bundles: new BundleFolders(() => Promise.reject(new Error("no bundle here")), folder),
  dataFolder: folder,
  dataRoots: [dataRoot],
  environment: {},
  searchPath: "",
  home: homedir(),
  userId: process.getuid?.(),
  cores: 2,
  clock: systemClock,
  logger: silentLogger,
});
let workers = create();
let attempts = 0;

beforeAll(async () => {
  mkdirSync(dataRoot);
  chmodSync(folder, 0o755);
  chmodSync(dataRoot, 0o777);
  writeFileSync(join(dataRoot, "a.txt"), "a");
  await runtimes.start();
  await workers.start();
});
beforeEach(() => {
  rmSync(join(dataRoot, "begun"), { force: true });
});
afterAll(async () => {
  await workers.stop();
  await runtimes.stop();
  rmSync(folder, { recursive: true, force: true });
});

function create(limits: Partial<LibraryWorkerLimits> = {}): LibraryWorkers {
  return new LibraryWorkers({ launcher: runtimes, settings, clock: systemClock, logger: silentLogger, limits });
}

function open(namespace = "test", from = workers): LibrarySession {
  attempts += 1;
  return from.openSession({ owner: `execution-${attempts} 1`, namespace });
}

const never = new AbortController().signal;

const call = (session: LibrarySession, name: string, given: Record<string, CanonicalValue>, signal = never) =>
  session.call(name, given, { signal, onLine: () => undefined });

const shell = (session: LibrarySession, line: string, signal = never) =>
  call(session, "U.System.Execute.Shell", { line }, signal);

async function valueOf(end: Promise<SessionEnd>): Promise<CanonicalValue> {
  const reply = await end;
  if (reply.kind !== "values") throw new Error(JSON.stringify(reply));
  return reply.values[0] ?? null;
}

/** Processes of the worker's tree that sleep for so long. */
const countSleeps = (seconds: number): string =>
  `cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -c '[s]leep ${seconds} '; true`;

const openFile = (session: LibrarySession) => valueOf(call(session, "U.System.File.Open", { path: "a.txt" }));
const readFile = (session: LibrarySession, path: CanonicalValue) => call(session, "U.System.File.Text.Read", { path });

/** Resolves when a call of the session has said so by a file. */
async function begun(session: LibrarySession): Promise<void> {
  await valueOf(shell(session, "until test -e begun; do sleep 0.01; done"));
}

test("executions of one namespace share a process, and those of another have their own", async () => {
  const parent = (session: LibrarySession) => valueOf(shell(session, "readlink /proc/$PPID/ns/pid; echo $PPID"));
  const [first, second, other] = await Promise.all([parent(open()), parent(open()), parent(open("other"))]);
  expect(second).toBe(first);
  expect(other).not.toBe(first);
});

test("a worker is contained like user code", async () => {
  const { containment } = runtimes;
  const user = await valueOf(shell(open(), "id -u"));
  const isApart = containment?.layers.includes("other-user") === true;
  expect(user).toBe(`${isApart ? 65_534 : process.getuid?.()}\n`);
  const capabilities = await valueOf(shell(open(), "grep -c 'NoNewPrivs:.*1' /proc/$PPID/status"));
  expect(capabilities).toBe(containment?.layers.includes("no-new-privileges") === true ? "1\n" : "0\n");
});

test("a call that is aborted ends alone: what others have open stays open", async () => {
  const [one, other] = [open(), open()];
  const file = await openFile(other);
  const abort = new AbortController();
  const hanging = shell(one, "touch begun; exec sleep 615", abort.signal);
  await begun(other);
  abort.abort();
  expect(await hanging).toEqual({ kind: "stopped" });
  expect(await valueOf(shell(other, countSleeps(615)))).toBe("0\n");
  expect(await valueOf(readFile(other, file))).toBe("a");
});

test("the end of an execution answers what it had left open, and closes it", async () => {
  const session = open();
  const file = await openFile(session);
  expect(await session.end()).toEqual([{ kind: "file", name: "a.txt" }]);
  expect(await readFile(session, file)).toMatchObject({ kind: "error", error: { type: "pg\\!ResourceError" } });
});

test("the end of an execution ends what it still runs", async () => {
  const session = open();
  const hanging = shell(session, "touch begun; exec sleep 616");
  await begun(open());
  expect(await session.end()).toEqual([]);
  expect(await hanging).toMatchObject({ kind: "error", error: { type: "pg\\!ResourceError" } });
});

test("an execution that has called nothing has nothing to end", async () => {
  expect(await open("never used").end()).toEqual([]);
});

test("a handle of another execution is refused", async () => {
  const file = await openFile(open());
  expect(await readFile(open(), file)).toMatchObject({
    kind: "error",
    error: { type: "pg\\!ResourceError", message: "the file belongs to another execution" },
  });
});

test("a worker that dies takes its calls and handles with it, and a new one takes the next call", async () => {
  const [one, other] = [open("dies"), open("dies")];
  const file = await openFile(other);
  const waiting = shell(other, "touch begun; exec sleep 617");
  await begun(one);
  expect(await shell(one, "kill -KILL $PPID; sleep 618")).toMatchObject({
    error: { type: "pg\\!ResourceError", message: expect.stringContaining("it died by SIGKILL") as string },
  });
  expect(await waiting).toMatchObject({ kind: "error", error: { type: "pg\\!ResourceError" } });
  expect(await readFile(other, file)).toMatchObject({
    error: { message: "the process that held the file has ended, so it is no longer open; open it again" },
  });
  expect(await valueOf(readFile(other, await openFile(other)))).toBe("a");
  expect(await other.end()).toEqual([{ kind: "file", name: "a.txt" }]);
});

test("a worker that does not let go of an aborted call is killed", async () => {
  const abort = new AbortController();
  const session = open("stopped");
  await openFile(session);
  const hanging = shell(session, "touch begun; kill -STOP $PPID; sleep 619", abort.signal);
  await begun(open());
  abort.abort({ graceMs: 50 });
  expect(await hanging).toEqual({ kind: "stopped" });
  expect(await valueOf(shell(session, countSleeps(619)))).toBe("0\n");
});

test("at the host's limit the idle worker of a namespace that nothing uses ends", async () => {
  const few = create({ maxWorkers: 1 });
  await few.start();
  const first = open("first", few);
  await openFile(first);
  const refused = await openFile(open("second", few)).catch((error: unknown) => (error as Error).message);
  expect(refused).toContain("1 namespaces use the library at once");
  await first.end();
  expect(await valueOf(readFile(open("second", few), "a.txt"))).toBe("a");
  await few.stop();
});

test("stopping ends every process, and calls end with it", async () => {
  const some = create();
  await some.start();
  const session = open("stops", some);
  const hanging = shell(session, "touch begun; exec sleep 620");
  await begun(open());
  await some.stop();
  expect(await hanging).toMatchObject({ kind: "error", error: { type: "pg\\!ResourceError" } });
  expect(await shell(session, "true")).toMatchObject({
    error: { message: "no process for 'U.System.Execute.Shell' could be started: the agent is ending" },
  });
});

test("a worker that is told to end from outside ends its calls, and says so", async () => {
  const session = open("told");
  expect(await shell(session, "kill -TERM $PPID; sleep 621")).toMatchObject({
    error: { type: "pg\\!ResourceError", message: expect.stringContaining("it was told to end") as string },
  });
});

test("a host without namespaces still loses all that a worker has started, with the worker", async () => {
  const weak = new WorkerLauncher({
    dataFolder: folder,
    environment: {},
    tools: { setpriv: false, networks: false, reasons: {} },
    cgroups: { kind: "missing", reason: "not here" },
    limits: { ...defaultWorkerLimits, maxProcesses: 100 },
    clock: systemClock,
  });
  const user = { setpriv: [] };
  const some = new LibraryWorkers({
    launcher: {
      launchProgram: ({ file, arguments: rest, channels }) =>
        weak.launch({ command: process.execPath, arguments: [file, ...rest], user, channels }),
    },
    settings,
    clock: systemClock,
    logger: silentLogger,
  });
  await some.start();
  const session = open("weak", some);
  const end = shell(session, "setsid sleep 622.5 & touch begun; kill -KILL $PPID; exec sleep 622.5");
  expect(await end).toMatchObject({ kind: "error", error: { type: "pg\\!ResourceError" } });
  expect(existsSync(join(dataRoot, "begun"))).toBe(true);
  expect(await processesNamed("622.5")).toEqual([]);
  await some.stop();
});

test("a worker that no execution uses ends after a while, and one that is in use stays", async () => {
  const ended = Promise.withResolvers<void>();
  const launcher: Pick<HostRuntimes, "launchProgram"> = {
    launchProgram: async (program) => {
      const launched = await runtimes.launchProgram(program);
      void launched.process.ended.then(() => ended.resolve());
      return launched;
    },
  };
  const limits = { idleMs: 20 };
  const looks: (() => void)[] = [];
  const clock = {
    ...systemClock,
    sleep: (ms: number, signal?: AbortSignal) => {
      if (ms === limits.idleMs / 2) looks.shift()?.();
      return systemClock.sleep(ms, signal);
    },
  };
  /** It has been looked so often whether something is idle, 10 ms apart. */
  const looked = (times: number) =>
    Promise.all(Array.from({ length: times }, () => new Promise<void>((resolve) => looks.push(resolve))));
  const some = new LibraryWorkers({ launcher, settings, clock, logger: silentLogger, limits });
  await some.start();
  const session = open("idle", some);
  const file = await openFile(session);
  await looked(4);
  expect(await valueOf(readFile(session, file))).toBe("a");
  await session.end();
  await ended.promise;
  await some.stop();
});

test("a program that cannot start is an error of the call, and of that call only", async () => {
  let isBroken = true;
  const launcher: Pick<HostRuntimes, "launchProgram"> = {
    launchProgram: (program) =>
      runtimes.launchProgram(isBroken ? { ...program, arguments: ["this is no JSON"] } : program),
  };
  const some = new LibraryWorkers({ launcher, settings, clock: systemClock, logger: silentLogger });
  await some.start();
  expect(await shell(open("broken", some), "true")).toMatchObject({ error: { type: "pg\\!ResourceError" } });
  isBroken = false;
  expect(await valueOf(shell(open("broken", some), "echo ok"))).toBe("ok\n");
  await some.stop();
});

test("a large text passes whole, both ways", async () => {
  const session = open();
  const text = "\u00e4\u{1F600}x\n".repeat(1_000_000);
  await valueOf(call(session, "U.System.File.Text.Write", { path: "large.txt", text }));
  expect((await valueOf(readFile(session, "large.txt"))) === text).toBe(true);
  await valueOf(call(session, "U.System.File.Delete", { path: "large.txt" }));
  expect(existsSync(join(dataRoot, "large.txt"))).toBe(false);
});
