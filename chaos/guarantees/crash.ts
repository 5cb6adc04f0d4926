/** G11: user code that crashes its process fails its own execution, and neither the agent nor another execution. */
import type { Execution } from "@polyglot/contracts/service";
import type { Guarantee } from "../guarantee.ts";
import { Load } from "../load.ts";
import type { Random } from "../random.ts";
import { patienceMs, until } from "../wait.ts";

const languages = ["Python", "Node", "Rust", "Cpp"] as const;
const ways = ["segfault", "abort", "stack", "memory"] as const;

export const crashStaysAlone: Guarantee = {
  id: "G11",
  title: "a crash of user code stays alone",
  faults: 50,
  pipelines: "user-code",
  async run(world, random, faults) {
    const bystanders = new Load(world, "Bystander");
    // Every language is built and warm before the first crash.
    await world.outcome(await bystanders.send({ key: "first", inputs: { key: "first" } }));
    const agent = world.agentPid("local");
    let sent = 0;
    const beside = bystanders.run(() => {
      sent += 1;
      return [{ key: `beside-${sent}`, inputs: { key: `beside-${sent}` } }];
    });
    const crashes = await crashAll(faults, random, async ({ language, how }, at) => {
      const load = new Load(world, `Crash${language}`);
      const key = `crash-${at} of ${language} by ${how}`;
      return { key, end: await world.outcome(await load.send({ key, inputs: { how } })) };
    }).finally(() => bystanders.stop());
    await beside;
    const outcomes = await bystanders.outcomes();
    await until("the agent answering", () => world.agentPid("local") !== undefined, patienceMs);
    return {
      faults: crashes.length,
      load: outcomes.size,
      violations: [
        ...bystanders.violations,
        ...(world.agentPid("local") === agent ? [] : ["agent: it was restarted"]),
        ...crashes.flatMap(({ key, end }) => problemOfCrash(end).map((problem) => `${key} ${problem}`)),
        ...[...outcomes].flatMap(([key, end]) => problemOfBystander(end).map((problem) => `${key} ${problem}`)),
      ],
      ...(outcomes.size < crashes.length && { isVoid: `only ${outcomes.size} others ran beside ${crashes.length}` }),
    };
  },
};

interface Crash {
  readonly language: (typeof languages)[number];
  readonly how: (typeof ways)[number];
}

/** One after the other: each has its turn before one comes again. */
async function crashAll<End>(
  count: number,
  random: Random,
  crash: (one: Crash, at: number) => Promise<End>,
): Promise<readonly End[]> {
  const all = languages.flatMap((language) => ways.map((how) => ({ language, how })));
  const ends: End[] = [];
  let next: Crash[] = [];
  while (ends.length < count) {
    if (next.length === 0) next = random.shuffle(all);
    const one = next.pop();
    if (one !== undefined) ends.push(await crash(one, ends.length));
  }
  return ends;
}

function problemOfCrash({ state, attempts }: Execution): readonly string[] {
  const error = attempts.at(-1)?.error?.type ?? "";
  if (state !== "dead_lettered") return [`is ${state}`];
  return /^(py|js|rust|cpp|pg)\\!/.test(error) ? [] : [`is dead with the error '${error}'`];
}

function problemOfBystander({ state, attempts }: Execution): readonly string[] {
  return state === "succeeded" && attempts.length === 1 ? [] : [`is ${state} after ${attempts.length} attempts`];
}
