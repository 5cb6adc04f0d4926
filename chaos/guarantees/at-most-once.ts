/** G5: user code of a pipeline with one attempt starts at most once, whatever is killed. */
import type { Execution } from "@polyglot/contracts/service";
import type { Guarantee } from "../guarantee.ts";
import { killAround } from "../faults.ts";
import { Load } from "../load.ts";

const perTick = { least: 1, most: 3 } as const;
const longestHoldMs = 400;

export const atMostOnce: Guarantee = {
  id: "G5",
  title: "at most once means it",
  faults: 25,
  async run(world, random, faults) {
    const load = new Load(world, "Once");
    let sent = 0;
    const next = () =>
      Array.from({ length: random.integer(perTick.least, perTick.most) }, () => {
        sent += 1;
        const inputs = { folder: world.shared, key: `once-${sent}`, hold_ms: random.integer(0, longestHoldMs) };
        return { key: inputs.key, inputs };
      });
    const sending = load.run(next);
    const hits = await killAround(world, random, faults, ["agent", "controller", "postgres", "worker"]).finally(() =>
      load.stop(),
    );
    await sending;
    const outcomes = await load.outcomes();
    const { deadLetters } = await world.ask((call) =>
      call.listDeadLetters({ limit: 1_000, filter: { settled: true } }),
    );
    const reasons = new Map(deadLetters.map((one) => [one.executionId, one.reason]));
    const starts = world.journal.counts("start");
    const ends = world.journal.counts("end");
    const violations = [...outcomes].flatMap(([key, execution]) => {
      const seen = { starts: starts.get(key) ?? 0, ends: ends.get(key) ?? 0 };
      return problemsOf(execution, seen, reasons.get(execution.executionId)).map((problem) => `${key} ${problem}`);
    });
    const lost = [...outcomes.values()].filter((one) =>
      one.attempts.some((attempt) => attempt.outcome !== "succeeded"),
    );
    return {
      faults: hits,
      load: outcomes.size,
      violations: [...load.violations, ...violations],
      ...(lost.length < hits / 5 && { isVoid: `${hits} kills ended only ${lost.length} attempts` }),
    };
  },
};

interface Seen {
  readonly starts: number;
  readonly ends: number;
}

function problemsOf(execution: Execution, { starts, ends }: Seen, reason: string | undefined): readonly string[] {
  const isLost = execution.attempts.some((attempt) => attempt.outcome === "lost");
  const checks: readonly (readonly [boolean, string])[] = [
    [starts > 1, `started ${starts} times`],
    [execution.attempts.length !== 1, `has ${execution.attempts.length} attempts`],
    [execution.state === "succeeded" && (starts !== 1 || ends !== 1), `succeeded, started ${starts}, ended ${ends}`],
    [isLost && execution.state !== "dead_lettered", `was lost and is ${execution.state}`],
    [
      isLost && reason !== "outcome_unknown",
      `was lost and its dead letter says '${reason ?? "nothing: there is none"}'`,
    ],
  ];
  return checks.filter(([isBroken]) => isBroken).map(([, problem]) => problem);
}
