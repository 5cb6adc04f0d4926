import type { StepRecord } from "./attempt.ts";
import type { Flow } from "./flow.ts";

/** What the record of a step says of how it ended. */
export function stateOfFlow({ kind }: Flow): StepRecord["state"] {
  switch (kind) {
    case "error":
      return "failed";
    case "stopped":
      return "cancelled";
    case "waits":
      return "waiting";
    case "next":
    case "exit":
    case "recovered":
      return "succeeded";
  }
}
