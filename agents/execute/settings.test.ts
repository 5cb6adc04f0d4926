import { afterAll, beforeAll, expect, test } from "vitest";
import { ExecutionBed } from "./bed.fixture.ts";
import { CodeFixture, literal, outputs, planOf } from "./plan.fixture.ts";
import type { AttemptSettings } from "./settings.ts";
import type { Confinement } from "../limits/confinement.ts";

/** Everything here runs in one worker of its own kind of confinement. */
const code = new CodeFixture(
  "use.py",
  `
import os, socket, subprocess, time

def variable(name):
    return os.environ.get(name)

def hold(megabytes):
    return len(bytearray(megabytes << 20))

def spawn(count):
    children = [subprocess.Popen(["sleep", "60"]) for _ in range(count)]
    return len(children)

def fill(megabytes):
    with open("fill", "wb") as file:
        file.write(b"x" * (megabytes << 20))
    time.sleep(60)

def interfaces(_):
    return [name for _, name in socket.if_nameindex()]

def prints(lines):
    for line in range(lines):
        print("x" * 99)
    time.sleep(60)

def cores(_):
    started, used = time.monotonic(), time.process_time()
    while time.monotonic() - started < 1.5:
        pass
    return (time.process_time() - used) / (time.monotonic() - started)
`,
);

const bed = new ExecutionBed();

beforeAll(async () => {
  bed.hold(code.bundle);
  await bed.start();
});
afterAll(() => bed.stop());

async function use(name: string, given: number | string, settings: Partial<AttemptSettings>) {
  const run = [code.call(name, [literal(given)], ["x"])];
  const plan = planOf({ run, outputs: outputs("x"), queue: { queue: "Default", kill: { timeout_seconds: 90 } } });
  const report = await bed.run(plan, {}, { settings: { kill: undefined, env: {}, confinement: {}, ...settings } })
    .report;
  return report.error === undefined
    ? report.outputs.x
    : `${report.outcome}: ${report.error.type} ${report.error.message}`;
}

const within = (confinement: Confinement): Partial<AttemptSettings> => ({ confinement });
const can = (confinement: Confinement): boolean => bed.runtimes.problemOf(confinement) === undefined;

test("variables of a configuration are those of the process", async () => {
  expect(await use("variable", "GREETING", { env: { GREETING: "hello" } })).toBe("hello");
  expect(await use("variable", "GREETING", {})).toBe(null);
});

test("more memory than the limit is an error of the step, and of an execution without the limit it is not", async () => {
  const limit = within({ maxMemoryBytes: 128 << 20 });
  expect(await use("hold", 512, limit)).toMatch(/^failed: pg\\!OOMError .*128 MB/);
  expect(await use("hold", 512, {})).toBe(512 << 20);
});

test("processes, and disk of the working folder, are limited", async () => {
  expect(await use("spawn", 100, within({ maxProcesses: 20 }))).toMatch(
    /^failed: (py\\!BlockingIOError|pg\\!ResourceError)/,
  );
  expect(await use("fill", 64, within({ maxDiskBytes: 16 << 20 }))).toMatch(/^failed: pg\\!DiskFullError/);
});

test("an execution that prints more than its limit is killed, and says so", async () => {
  expect(await use("prints", 2_000, { outputBytes: 100_000 })).toBe(
    "killed: pg\\!ResourceError it printed more than its limit of 100000 bytes",
  );
});

test("kill rules of the settings stand in place of the plan's", async () => {
  expect(await use("prints", 1, { kill: { timeout_seconds: 0.2 } })).toBe(
    "killed: pg\\!TimeoutError the execution ran longer than its limit of 0.2 s",
  );
});

test("an execution without a network sees nothing but itself; where that cannot be it is refused", async () => {
  const alone = { network: "none" } as const;
  const seen = await use("interfaces", 0, within(alone));
  const refused = expect.stringMatching(/cannot keep it off the network.*nothing of the plan was run/) as string;
  expect(seen).toEqual(can(alone) ? ["lo"] : refused);
});

test("an execution has no more cores than its limit; where that cannot be it is refused", async () => {
  const half = { cores: 0.25 } as const;
  const used = await use("cores", 0, within(half));
  const isHeld = typeof used === "number" && used < 0.5;
  const isRefused = /cannot hold it to 0.25 cores.*nothing of the plan was run/.test(JSON.stringify(used));
  expect(can(half) ? isHeld : isRefused).toBe(true);
});
