import { didYouMean, error, warning } from "../problem.ts";

export const settingProblems = {
  noTrigger: error<[name: string]>(
    "PG5001",
    (name) => `pipeline '${name}' has no trigger`,
    "add [t] |T.Call to let others call it, or [t] |T.Cli to start it by hand",
  ),
  callNotAlone: error(
    "PG5002",
    "|T.Call has to be the only event trigger of its pipeline",
    "conditions may stand beside it; other events start a pipeline of their own",
  ),
  notFilled: error<[name: string]>(
    "PG5003",
    (name) => `no trigger gives '${name}' a value`,
    "bind a field of the trigger with '>> name', or give the input a default",
  ),
  bindsUnknownInput: error<[name: string, nearest: string | undefined]>(
    "PG5004",
    (name) => `'${name}' is not an input of this pipeline`,
    (_name, nearest) => didYouMean(nearest),
  ),
  emptyAny: error("PG5007", "|T.Any has no triggers under it", "put [~][t] lines under it"),
  duplicateSetting: error<[name: string]>("PG5005", (name) => `|${name} stands twice`, "keep the one that you mean"),
  notOfQueue: error<[name: string]>(
    "PG5008",
    (name) => `|${name} is not a setting of a queue`,
    "under a member of [#] Queue stand the fields of the kind Queue; all others are a pipeline's",
  ),
  ofQueueAlone: error<[name: string]>(
    "PG5010",
    (name) => `|${name} is a setting of a queue, not of a pipeline`,
    "put it under a member of [#] Queue, and name that queue here with |Q.ToQueue",
  ),
  settingRefused: error<[name: string, said: string]>("PG5009", (name, said) => `${name}: ${said}`),
  calleeSetting: warning<[name: string]>(
    "PG5006",
    (name) => `|${name} has no effect on steps: of a called pipeline only the kill settings apply`,
  ),
} as const;
