import { warning } from "../problem.ts";

export const openProblems = {
  notImplemented: warning<[name: string]>(
    "PG9002",
    (name) => `|${name} is not implemented yet, so this pipeline can be validated but not applied or run`,
  ),
} as const;
