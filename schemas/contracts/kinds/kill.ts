import { z } from "zod";
import { defaults } from "../states.ts";
import { bytesOrPercent, percent } from "./amounts.ts";
import { duration } from "./duration.ts";
import { notYet } from "./open-fields.ts";
import { reference } from "./reference.ts";

type KillRules = Readonly<{ strategy?: string | undefined; handler?: string | undefined }>;

export const kill = z
  .strictObject({
    cpu: percent("CPU of the cores it may use, above which an execution is killed").optional(),
    memory: bytesOrPercent(
      "Memory above which an execution is killed: an amount, or a share of what the agent lets a worker have, else of its host's memory",
    ).optional(),
    timeout: duration("The longest that an execution runs").optional(),
    strategy: z
      .enum(["graceful", "immediate", "custom-handler", "degrade"])
      .optional()
      .meta({ description: "What a kill does first; graceful where nobody says" }),
    gracePeriod: duration(`The time that cleanup has; ${defaults.graceSeconds}s where nobody says`).optional(),
    handler: notYet(
      reference("Pipeline", "The pipeline that the strategy custom-handler runs; not acted on yet"),
    ).optional(),
  })
  .superRefine(({ strategy, handler }: KillRules, context) => {
    if ((strategy === "custom-handler") === (handler !== undefined)) return;
    const message = "belongs to the strategy custom-handler: both are there or neither";
    context.addIssue({ code: "custom", path: ["handler"], message });
  })
  .meta({ description: "When an execution is killed, and how" });
