/** What values become on their way into a language and back. */
import assert from "node:assert/strict";
import type { CanonicalValue } from "@polyglot/contracts";
import { echoFor, echoed, errorOf, valuesOf } from "./ask.ts";
import type { ConformanceCase, ConformanceKind } from "./case.ts";
import { roundTrips } from "./round-trips.ts";

export const valueCases: readonly ConformanceCase[] = [
  {
    fact: "every value survives the way into the language and back",
    about: "functions",
    async check(host) {
      for (const [kind, values] of Object.entries(roundTrips) as [ConformanceKind, CanonicalValue[]][]) {
        assert.notEqual(kind in host.echoes, kind in host.lacks, `${kind}: either it is there, or why not`);
        for (const value of kind in host.echoes ? values : []) {
          assert.deepEqual(await echoed(host, kind, value), host.expected(value), JSON.stringify(value));
        }
      }
    },
  },
  {
    fact: "a text of five megabytes survives",
    about: "calls",
    async check(host) {
      const text = "0123456789\u00e9".repeat(500_000);
      assert.equal(await echoed(host, "text", text), text);
    },
  },
  {
    fact: "an argument that does not fit its type is an error with the path to the element",
    about: "functions",
    async check(host) {
      for (const { call, message } of host.misfits) {
        const error = await errorOf(host, call);
        assert.equal(error.type, "pg\\!ConversionError");
        assert.match(error.message, message);
      }
    },
  },
  {
    fact: "a result that does not fit its type is an error with the path to the element",
    about: "functions",
    async check(host) {
      const { function: name, type } = echoFor(host, "nested");
      const error = await errorOf(host, {
        function: name,
        arguments: [{ value: [{ rows: [1, null] }], to: type }],
        results: ["pg\\list<dict<string,list<int>>>"],
      });
      assert.equal(error.type, "pg\\!ConversionError");
      assert.match(error.message, /^result\[0\]\.rows\[1\]: None has no converter/);
    },
  },
  {
    fact: "a result that no converter takes is an error with the path to the element",
    about: "functions",
    async check(host) {
      const error = await errorOf(host, { function: "unconvertible", results: ["pg\\any"] });
      assert.equal(error.type, "pg\\!ConversionError");
      assert.match(error.message, /^result\.rows\[1\]\.price: ./);
    },
  },
  {
    fact: "an int becomes a float where a float is asked for, and stays an int elsewhere",
    about: "functions",
    async check(host) {
      const { function: name, type } = echoFor(host, "int");
      const call = { function: name, arguments: [{ value: 3, to: type }] };
      assert.deepEqual(valuesOf(await host.call({ ...call, results: ["pg\\float"] })), [{ $float: "3" }]);
      assert.deepEqual(valuesOf(await host.call({ ...call, results: ["pg\\any"] })), [3]);
    },
  },
];
