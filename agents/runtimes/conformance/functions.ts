/** How functions are called: arguments, results, modules, bundles. */
import assert from "node:assert/strict";
import { errorOf, named, valueOf, valuesOf } from "./ask.ts";
import type { ConformanceCase } from "./case.ts";

export const functionCases: readonly ConformanceCase[] = [
  {
    fact: "an asynchronous function is awaited",
    about: "functions",
    async check(host) {
      assert.equal(await valueOf(host, "later", ["soon"]), "soon");
    },
  },
  {
    fact: "what a generator yields is a list, also of an asynchronous one",
    about: "functions",
    async check(host) {
      assert.deepEqual(await valueOf(host, "count", [3]), [0, 1, 2]);
      assert.deepEqual(await valueOf(host, "count_later", [3]), [0, 1, 2]);
    },
  },
  {
    fact: "one result takes the whole of a tuple whose function is not known",
    about: "functions",
    async check(host) {
      assert.deepEqual(await valueOf(host, "pair", []), [1, "two"]);
    },
  },
  {
    fact: "several results take a tuple's elements",
    about: "functions",
    async check(host) {
      const both = await host.call({ function: "pair", results: ["pg\\int", "pg\\string"] });
      assert.deepEqual(valuesOf(both), [1, "two"]);
    },
  },
  {
    fact: "more results than a tuple has are an error",
    about: "functions",
    async check(host) {
      const error = await errorOf(host, { function: "pair", results: ["pg\\any", "pg\\any", "pg\\any"] });
      assert.equal(error.type, "pg\\!ConversionError");
      assert.match(error.message, /2 results were returned where 3 are bound/);
    },
  },
  {
    fact: "arguments go by name, in any order",
    about: "functions",
    async check(host) {
      assert.equal(await named(host, { third: "c", first: "a", second: 5 }), "a-5-c");
    },
  },
  {
    fact: "defaults hold for what is left out at the end",
    about: "functions",
    async check(host) {
      assert.equal(await named(host, { first: "a" }), "a-2-three");
      assert.equal(await named(host, { first: "a", second: 3 }), "a-3-three");
    },
  },
  {
    fact: "defaults hold for what is left out before another argument",
    about: "functions",
    async check(host) {
      assert.equal(await named(host, { first: "a", third: "c" }), "a-2-c");
    },
  },
  {
    fact: "what a file keeps stays from one call of a worker to the next",
    about: "calls",
    async check(host) {
      const own = { bundle: host.otherBundle, results: ["pg\\int"] };
      const first = valuesOf(await host.call({ function: "next_number", ...own }))[0];
      const second = valuesOf(await host.call({ function: "next_number", ...own }))[0];
      assert.deepEqual(second, Number(first) + 1);
    },
  },
  {
    fact: "a module of the bundle finds the modules beside it",
    about: "functions",
    async check(host) {
      assert.equal(await valueOf(host, "use_helper", []), "helper");
    },
  },
  {
    fact: "two bundles run side by side, each on its own code",
    about: "calls",
    async check(host) {
      const both = await Promise.all(
        [undefined, host.otherBundle].map((bundle) =>
          host.call({ function: "use_helper", results: ["pg\\any"], ...(bundle === undefined ? {} : { bundle }) }),
        ),
      );
      assert.deepEqual(both.map(valuesOf), [["helper"], ["another helper"]]);
    },
  },
];
