/** One class per command. Each loads what is heavy when it runs, so that this list is cheap to read. */
import { Apply } from "./apply.ts";
import { Cancel } from "./cancel.ts";
import { Get } from "./get.ts";
import { Logs } from "./logs.ts";
import { Run } from "./run.ts";
import { Validate } from "./validate.ts";

export const commands = {
  apply: Apply,
  cancel: Cancel,
  get: Get,
  logs: Logs,
  run: Run,
  validate: Validate,
};
