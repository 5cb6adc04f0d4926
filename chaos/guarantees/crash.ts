/** G11: user code that crashes its process fails its own execution, and neither the agent nor another execution. */
import type { Execution } from "@polyglot/contracts/service";
import type { Guarantee } from "../guarantee.ts";
import { Load } from "../load.ts";
import type { Random } from "../random.ts";
import { besideBystanders } from "./bystanders.ts";

const languages = ["Python", "Node", "Rust", "Cpp"] as const;
const ways = ["segfault", "abort", "stack", "memory"] as const;

export const crashStaysAlone: Guarantee = {
  id: "G11",
  title: "a crash of user code stays alone",
  faults: 50,
  pipelines: "user-code",
  async run(world, random, faults) {
    const { harms, violations, ...rest } = await besideBystanders(world, faults, () =>
      crashAll(faults, random, async ({ language, how }, at) => {
        const load = new Load(world, `Crash${language}`);
        const key = `crash-${at} of ${language} by ${how}`;
        return { key, end: await world.outcome(await load.send({ key, inputs: { how } })) };
      }),
    );
    const crashes = harms.flatMap(({ key, end }) => problemOfCrash(end).map((problem) => `${key} ${problem}`));
    return { faults: harms.length, violations: [...violations, ...crashes], ...rest };
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
