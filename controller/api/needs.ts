/** What a pipeline waits for, and what of it has come. */
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { TriggerRegistration } from "@polyglot/contracts";
import { type TriggerNeed, TriggerNeedSchema } from "@polyglot/contracts/service";
import { splitPipelineId } from "@polyglot/contracts";
import { shardOfTriggers } from "../leader/shard-names.ts";
import type { Queryable } from "../store/database.ts";
import { readLatched } from "../store/latched-events.ts";
import type { RegisteredPipeline } from "../triggers/catalog.ts";
import { needsOf } from "../triggers/needs.ts";
import { optional } from "./to-message.ts";

export async function listNeeds(database: Queryable, { id, plan }: RegisteredPipeline): Promise<TriggerNeed[]> {
  const shard = shardOfTriggers(splitPipelineId(id).namespace);
  const events = await readLatched(database, [shard], id);
  return needsOf(plan).all.map((need) => {
    const keys = new Set(need.triggers.map((trigger) => trigger.key));
    const waiting = events.filter((event) => keys.has(event.triggerKey));
    const [oldest] = waiting;
    return create(TriggerNeedSchema, {
      key: need.key,
      kind: need.kind,
      triggers: need.triggers.map(triggerText),
      waiting: waiting.length,
      ...optional({ since: oldest === undefined ? undefined : timestampFromMs(Math.round(oldest.atMs)) }),
    });
  });
}

/** Its name and its first argument that is a text: what a person knows it by. */
function triggerText({ name, arguments: given }: TriggerRegistration): string {
  const first = Object.values(given).find((value) => typeof value === "string");
  return first === undefined ? name : `${name} ${first}`;
}
