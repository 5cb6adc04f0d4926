/** Writes `json-schema/*.json` (draft 2020-12) from the zod sources. Run by `npm run generate`. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { declaredKinds } from "./kinds/index.ts";
import { activationEvent, executionRequest, metricsSample } from "./messages.ts";
import { plan } from "./plan/plan.ts";
import { pipelineTests } from "./trial/pipeline-test.ts";

const published: Record<string, z.ZodType> = {
  plan,
  "activation-event": activationEvent,
  "execution-request": executionRequest,
  "metrics-sample": metricsSample,
  "pipeline-tests": pipelineTests,
  ...Object.fromEntries(Object.entries(declaredKinds).map(([kind, { schema }]) => [`kinds/${kind}`, schema])),
};

const folder = new URL("./json-schema/", import.meta.url);
rmSync(folder, { recursive: true, force: true });
mkdirSync(new URL("kinds/", folder), { recursive: true });
for (const [name, schema] of Object.entries(published)) {
  const json = z.toJSONSchema(schema, { target: "draft-2020-12", io: "input" });
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(json, null, 2)}\n`);
}
