/** Which dead letters: flags that all of the `dlq` commands take. */
import { Flags } from "@oclif/core";
import { deadLetterReasons } from "@polyglot/contracts/states";

const filterGroup = { helpGroup: "FILTER", default: "" } as const;

export const deadLetterFlags = {
  queue: Flags.string({ ...filterGroup, description: "kept by this queue" }),
  pipeline: Flags.string({ ...filterGroup, description: "of this pipeline" }),
  fingerprint: Flags.string({ ...filterGroup, description: "of this kind of failure (dlq list --group)" }),
  error: Flags.string({ ...filterGroup, description: "with an error of this type, as 'py\\!ValueError'" }),
  reason: Flags.option({
    helpGroup: "FILTER",
    description: "why no attempt follows",
    options: deadLetterReasons,
  })(),
  newer: Flags.string({ ...filterGroup, description: "buried within this time, as 2h or 7d" }),
  older: Flags.string({ ...filterGroup, description: "buried longer ago than this" }),
};

export interface DeadLetterFlags {
  readonly queue: string;
  readonly pipeline: string;
  readonly fingerprint: string;
  readonly error: string;
  readonly reason?: string | undefined;
  readonly newer: string;
  readonly older: string;
}

export const allFlag = Flags.boolean({
  helpGroup: "FILTER",
  description: "every dead letter there is",
  default: false,
});
