/**
 * Every finding that the compiler can have. Codes are stable: a code that was published is never given to another
 * finding. PG1 text and syntax, PG2 names, PG3 calls and types, PG4 flow and branches, PG5 triggers and settings,
 * PG6 native code, PG7 YAML objects, PG9 what is not built yet.
 */
import { callProblems } from "./catalogue/calls.ts";
import { flowProblems } from "./catalogue/flow.ts";
import { nameProblems } from "./catalogue/names.ts";
import { nativeProblems } from "./catalogue/native.ts";
import { objectProblems } from "./catalogue/objects.ts";
import { openProblems } from "./catalogue/open.ts";
import { settingProblems } from "./catalogue/settings.ts";
import { structureProblems } from "./catalogue/structure.ts";
import { syntaxProblems } from "./catalogue/syntax.ts";

export type { Problem } from "./problem.ts";

export const problems = {
  ...syntaxProblems,
  ...structureProblems,
  ...nameProblems,
  ...callProblems,
  ...flowProblems,
  ...settingProblems,
  ...nativeProblems,
  ...objectProblems,
  ...openProblems,
} as const;
