/** What a waiting execution waits for, as the API says it. */
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Execution, type Wait as WaitMessage, WaitSchema } from "@polyglot/contracts/service";
import type { QueueManager } from "../queue/queue-manager.ts";
import type { Wait } from "../queue/why/wait.ts";
import { optional } from "./to-message.ts";

/** A person first: until then it is not asked whether it may start. Undefined where it does not wait. */
export async function waitOf(
  { executionId, state, approvals }: Execution,
  queue: Pick<QueueManager, "explain">,
): Promise<WaitMessage | undefined> {
  if (state !== "waiting") return undefined;
  const [approval, ...others] = approvals;
  if (approval !== undefined) {
    const sentence = ({ nodeId, message }: typeof approval) => `for approval at ${nodeId}: ${message}`;
    const { expiresAt } = approval;
    return create(WaitSchema, {
      condition: "approval",
      message: sentence(approval),
      details: others.map(sentence),
      ...optional({ waitsUntil: expiresAt }),
    });
  }
  const wait = await queue.explain(executionId);
  return wait && toMessage(wait);
}

const toMessage = ({ condition, message, details, heldBy, before, ...wait }: Wait): WaitMessage =>
  create(WaitSchema, {
    ...{ condition, message, details: [...details], heldBy: [...heldBy], before: BigInt(before) },
    ...optional({
      used: wait.used === undefined ? undefined : BigInt(wait.used),
      limit: wait.limit === undefined ? undefined : BigInt(wait.limit),
      leavingPerSecond: wait.leavingPerSecond,
      opensAt: time(wait.opensAtMs),
      startsAt: time(wait.startsAtMs),
      waitsUntil: time(wait.untilMs),
    }),
  });

/** A message's time has whole nanoseconds. */
const time = (milliseconds: number | undefined) =>
  milliseconds === undefined ? undefined : timestampFromMs(Math.round(milliseconds));
