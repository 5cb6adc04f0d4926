/** G6 and the trigger monitor: what a controller owned is another's within seconds, and nothing of it is missed or doubled. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Execution } from "@polyglot/contracts/service";
import type { ChaosWorld } from "../chaos-world.ts";
import type { Guarantee } from "../guarantee.ts";
import { HookSender } from "../hook-sender.ts";
import { signal } from "../processes.ts";
import type { Random } from "../random.ts";
import { pause, until } from "../wait.ts";

const limits = {
  /** Longer than a lease: whoever sleeps so long has lost what it owned. */
  asleepMs: 14_000,
  /** Between a fault's end and the next one: both own their shares again. */
  restMs: 12_000,
  /** Between two events of each source. */
  tickMs: 500,
  /** From the time of a schedule to its activation, by whoever owns it then: a lease, and what a busy machine adds. */
  takeoverMs: 20_000,
} as const;

/** Eight shards of triggers: these namespaces are spread over both. */
const namespaces = ["One", "Two", "Three", "Four"] as const;

export const ownersFollow: Guarantee = {
  id: "G6",
  title: "triggers have one owner, and another within seconds",
  faults: 8,
  async run(world, random, faults) {
    await world.startTwin();
    await applySchedules(world, '|T.Cron << "* * * * * *" << catch_up: "all"');
    const load = new Sources(world);
    const sending = load.run();
    for (let hit = 0; hit < faults; hit += 1) await strike(world, random);
    await pause(limits.restMs);
    load.stop();
    await sending;
    await applySchedules(world, "|T.Call");
    const ticks = await Promise.all(namespaces.map((name) => world.executions(`io.chaos.${name}>Ticks#Tick`)));
    const ofFiles = await all(world, "KeptFile", load.files);
    const ofHooks = await all(world, "HookedOnce", load.hooks);
    return {
      faults,
      load: ticks.flat().length + ofFiles.length + ofHooks.length,
      violations: [
        ...ticks.flatMap((own, at) => tickProblems(namespaces[at] ?? "", own)),
        ...countProblems("file", ofFiles, load.files, (one) => one.triggerContext?.["file_path"]),
        ...countProblems("webhook", ofHooks, load.hooks, (one) => one.triggerContext?.["delivery_id"]),
      ],
      ...(load.hooks.size < faults * 10 && { isVoid: `only ${load.hooks.size} webhooks were taken` }),
    };
  },
};

/** One of both is killed and comes back, or sleeps through its lease. */
async function strike(world: ChaosWorld, random: Random): Promise<void> {
  const isTwin = random.chance(0.5);
  const pid = isTwin ? world.twin.pid : world.controllerPid;
  if (random.chance(0.5)) {
    signal(pid, "SIGKILL");
    await pause(limits.asleepMs);
    if (isTwin) await world.startTwin();
  } else {
    signal(pid, "SIGSTOP");
    await pause(limits.asleepMs);
    signal(pid, "SIGCONT");
  }
  await pause(limits.restMs);
}

/** Files, and webhooks to both controllers: to the one that does not answer, the sender sends again at the other. */
class Sources {
  readonly files = new Set<unknown>();
  readonly hooks = new Set<unknown>();
  readonly #world: ChaosWorld;
  #isOn = true;

  constructor(world: ChaosWorld) {
    this.#world = world;
  }

  async run(): Promise<void> {
    while (this.#isOn) {
      const at = this.files.size;
      const path = join(this.#world.shared, "inbox", `owned-${at}.txt`);
      writeFileSync(path, "x");
      this.files.add(path);
      await this.#send(`owned-${at}`);
      await pause(limits.tickMs);
    }
  }

  stop(): void {
    this.#isOn = false;
  }

  /** To both at once: one of them is there. */
  async #send(key: string): Promise<void> {
    await until(`an acknowledgement of ${key}`, async () => {
      const tries = [this.#world.endpoint, this.#world.twin.endpoint].map(async (endpoint) => {
        using sender = new HookSender(endpoint, 1);
        const late = pause(2_000).then(() => ({ status: 0 }));
        const { status } = await Promise.race([sender.send("/hooks/chaos-once", key, JSON.stringify({ key })), late]);
        if (status !== 202) throw new Error(`${status}`);
      });
      return Promise.any(tries).then(
        () => true,
        () => false,
      );
    });
    this.hooks.add(key);
  }
}

async function applySchedules(world: ChaosWorld, trigger: string): Promise<void> {
  const files = namespaces.map((name) => ({
    path: `${name.toLowerCase()}.pg`,
    content: Buffer.from(
      `[@] io.chaos.${name}>Ticks\n[X]\n\n[|] Tick\n[i] Default scheduled_at: pg\\any << None\n[t] ${trigger}\n[r] |U.Log.Info << "tick"\n[x]\n`,
    ),
  }));
  const { diagnostics } = await world.ask((call) => call.apply({ files }));
  const error = diagnostics.find((one) => one.severity === "error");
  if (error !== undefined) throw new Error(error.message);
}

/** Once there are as many as events. What is missing in the end has a name. */
async function all(world: ChaosWorld, pipeline: string, events: ReadonlySet<unknown>): Promise<readonly Execution[]> {
  let found: readonly Execution[] = [];
  const areThere = async () => (found = await world.executions(pipeline)).length >= events.size;
  await until(`${pipeline} for each event`, areThere).catch(() => undefined);
  return found;
}

function countProblems(
  what: string,
  executions: readonly Execution[],
  events: ReadonlySet<unknown>,
  keyOf: (execution: Execution) => unknown,
): string[] {
  const counts = Map.groupBy(executions, keyOf);
  return [...events].flatMap((key) => {
    const count = counts.get(key)?.length ?? 0;
    return count === 1 ? [] : [`${what} ${String(key)} has ${count} executions`];
  });
}

/** Each second from the first to the last once, and none of them late. */
function tickProblems(name: string, executions: readonly Execution[]): string[] {
  const times = executions.map((one) => ({ dueMs: scheduledAt(one), madeMs: madeAt(one) }));
  const sorted = times.toSorted((a, b) => a.dueMs - b.dueMs);
  const steps = sorted.slice(1).map(({ dueMs }, at) => (dueMs - (sorted[at]?.dueMs ?? 0)) / 1_000);
  const wrong = steps.filter((step) => step !== 1);
  const latest = Math.max(0, ...times.map(({ dueMs, madeMs }) => madeMs - dueMs));
  return [
    ...(sorted.length === 0 ? [`no time of ${name} came`] : []),
    ...wrong.map((step) => `a time of ${name} came ${step === 0 ? "twice" : `${step} s after the one before`}`),
    ...(latest > limits.takeoverMs ? [`a time of ${name} was activated after ${Math.round(latest / 1_000)} s`] : []),
  ];
}

function scheduledAt({ triggerContext }: Execution): number {
  const time = triggerContext?.["scheduled_at"];
  const text = typeof time === "object" && time !== null && "$datetime" in time ? time["$datetime"] : "";
  return Date.parse(typeof text === "string" ? text : "");
}

const madeAt = ({ enqueuedAt }: Execution): number =>
  enqueuedAt === undefined ? Number.POSITIVE_INFINITY : Number(enqueuedAt.seconds) * 1_000 + enqueuedAt.nanos / 1e6;
