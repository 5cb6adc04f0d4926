/** How errors of functions are told. */
import assert from "node:assert/strict";
import { errorOf, rejected } from "./ask.ts";
import type { ConformanceCase } from "./case.ts";

export const errorCases: readonly ConformanceCase[] = [
  {
    fact: "an error has its class, its ancestors and its message",
    about: "functions",
    async check(host) {
      const error = await errorOf(host, rejected);
      assert.equal(error.type, `${host.lang}\\!Rejected`);
      assert.deepEqual(error.lineage, host.lineageOfRejected);
      assert.equal(error.message, "not today");
    },
  },
  {
    fact: "the trace of an error has the user's own frames",
    about: "functions",
    async check(host) {
      const error = await errorOf(host, rejected);
      assert.match(error.trace, /lib\/functions\.\w+/);
      assert.match(error.trace, /deeper/);
      assert.doesNotMatch(error.trace, /worker\.|\/bundles\//);
    },
  },
  {
    fact: "each way to fail is an error of its own name",
    about: "functions",
    async check(host) {
      for (const { call, lineage, message } of host.failures) {
        const error = await errorOf(host, call);
        assert.deepEqual([error.type, error.lineage], [`${host.lang}\\!${lineage[0]}`, lineage], error.message);
        assert.match(error.message, message);
      }
    },
  },
  {
    fact: "a function that does not exist is an error that names it",
    about: "calls",
    async check(host) {
      const error = await errorOf(host, { function: "no_such_function" });
      assert.match(error.message, /no_such_function/);
    },
  },
];
