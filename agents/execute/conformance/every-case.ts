/** All cases of the suite by their topics: those that need nothing but this process. */
import type { Case } from "./case.ts";
import { branches } from "./cases/branches.ts";
import { calls } from "./cases/calls.ts";
import { collections } from "./cases/collections.ts";
import { conditions } from "./cases/conditions.ts";
import { conversions } from "./cases/conversions.ts";
import { endings } from "./cases/endings.ts";
import { errors } from "./cases/errors.ts";
import { files } from "./cases/files.ts";
import { keeping } from "./cases/keeping.ts";
import { kills } from "./cases/kills.ts";
import { library } from "./cases/library.ts";
import { numbers } from "./cases/numbers.ts";
import { phases } from "./cases/phases.ts";
import { processes } from "./cases/processes.ts";
import { switches } from "./cases/switches.ts";
import { texts } from "./cases/texts.ts";
import { times } from "./cases/times.ts";
import { values } from "./cases/values.ts";
import { wrappers } from "./cases/wrappers.ts";

type Suites = Readonly<Record<string, readonly Case[]>>;

export const localSuites: Suites = {
  values,
  phases,
  errors,
  switches,
  branches,
  calls,
  wrappers,
  library,
  keeping,
  kills,
  files,
  collections,
  conditions,
  conversions,
  endings,
  numbers,
  texts,
  times,
  processes,
};

/** Each case with its topic. */
export const casesOf = (suites: Suites): (Case & { readonly topic: string })[] =>
  Object.entries(suites).flatMap(([topic, cases]) => cases.map((one) => ({ ...one, topic })));
