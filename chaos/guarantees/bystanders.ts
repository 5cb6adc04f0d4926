/** Executions through all four languages, with one attempt each, that go on while others are killed or crash. */
import type { Execution } from "@polyglot/contracts/service";
import type { ChaosWorld } from "../chaos-world.ts";
import type { Verdict } from "../guarantee.ts";
import { Load } from "../load.ts";
import { patienceMs, until } from "../wait.ts";

/** What `harm` did to the agent and to executions beside it; nothing is shown where fewer of them ran than `least`. */
export async function besideBystanders<Harm>(
  world: ChaosWorld,
  least: number,
  harm: () => Promise<readonly Harm[]>,
): Promise<{ readonly harms: readonly Harm[] } & Pick<Verdict, "load" | "violations" | "isVoid">> {
  const bystanders = new Load(world, "Bystander");
  // Every language is built and warm before the first harm.
  await world.outcome(await bystanders.send({ key: "first", inputs: { key: "first" } }));
  const agent = world.agentPid("local");
  let sent = 0;
  const beside = bystanders.run(() => {
    sent += 1;
    return [{ key: `beside-${sent}`, inputs: { key: `beside-${sent}` } }];
  });
  const harms = await harm().finally(() => bystanders.stop());
  await beside;
  const outcomes = await bystanders.outcomes();
  await until("the agent answering", () => world.agentPid("local") !== undefined, patienceMs);
  return {
    harms,
    load: outcomes.size,
    violations: [
      ...bystanders.violations,
      ...(world.agentPid("local") === agent ? [] : ["agent: it was restarted"]),
      ...[...outcomes].flatMap(([key, end]) => problemOf(end).map((problem) => `${key} ${problem}`)),
    ],
    ...(outcomes.size < least && { isVoid: `only ${outcomes.size} others ran beside ${harms.length}` }),
  };
}

function problemOf({ state, attempts }: Execution): readonly string[] {
  return state === "succeeded" && attempts.length === 1 ? [] : [`is ${state} after ${attempts.length} attempts`];
}
