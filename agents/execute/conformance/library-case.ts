/** One name of the library, what it is given, and what is to come of it. */
import type { CanonicalValue } from "@polyglot/contracts";
import type { Case } from "./case.ts";
import { program, u } from "./program.ts";

type Values = readonly CanonicalValue[];

export const gives = (name: string, given: Values, result: CanonicalValue): Case => ({
  title: `${name} of ${given.map((value) => JSON.stringify(value)).join(", ")} is ${JSON.stringify(result)}`,
  plan: program({ run: [u(name, given, ["r"])], outputs: ["r"] }),
  expect: { outputs: { r: result } },
});

export const refuses = (name: string, given: Values, type: string, message?: string): Case => ({
  title: `${name} of ${given.map((value) => JSON.stringify(value)).join(", ")} is a ${type}`,
  plan: program({ run: [u(name, given, ["r"])] }),
  expect: {
    outcome: "failed",
    error: { type: `pg\\!${type}`, step: name, ...(message === undefined ? {} : { message }) },
  },
});

export const float = (digits: string) => ({ $float: digits });
export const datetime = (iso: string) => ({ $datetime: iso });
export const duration = (seconds: number, months = 0) => ({ $duration: { months, seconds } });
