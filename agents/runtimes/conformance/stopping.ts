/** What of a call is told while it runs, and how it ends before its time. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NativeOutcome } from "../native-call.ts";
import { echo, echoed, hangAndAbort, onlyItsOwnCall, valueOf, valuesOf, warmUp } from "./ask.ts";
import type { ConformanceCase } from "./case.ts";

export const stoppingCases: readonly ConformanceCase[] = [
  {
    fact: "the start is told before the first line of user code, and the cost after the last",
    about: "calls",
    async check(host) {
      const events: string[] = [];
      const outcome = await host.call(
        { function: "say", arguments: [{ value: "x" }] },
        { onStart: () => events.push("start"), onLog: () => events.push("line") },
      );
      assert.equal(events[0], "start");
      assert.ok(events.includes("line"));
      assert.ok(outcome.cost.memoryPeakMb > 1 && outcome.cost.durationMs > 0 && outcome.cost.conversionMs > 0);
    },
  },
  {
    fact: "an abort ends the process and the daemon it left behind before the call is settled",
    about: "calls",
    async check(host) {
      const token = randomUUID();
      const outcome = await hangAndAbort(host, token);
      assert.equal(outcome.kind, "stopped");
      assert.deepEqual(await host.processesNamed(token), []);
      assert.equal(await echoed(host, "text", "alive"), "alive");
    },
  },
  {
    fact: "an abort leaves the calls of other executions alone, those in line behind it included",
    about: "calls",
    async check(host) {
      await warmUp(host);
      const token = randomUUID();
      const others: Promise<NativeOutcome>[] = [];
      const outcome = await hangAndAbort(host, token, () => {
        for (let index = 0; index < 20; index += 1) others.push(echo(host, index));
      });
      assert.equal(outcome.kind, "stopped");
      assert.deepEqual(
        (await Promise.all(others)).map(valuesOf),
        Array.from({ length: 20 }, (_, index) => [index]),
      );
    },
  },
  {
    fact: "a call aborted before it begins stops, and the one that runs goes on",
    about: "calls",
    async check(host) {
      await warmUp(host);
      const running = host.call({
        function: "rest",
        arguments: [{ value: 0.2 }],
        results: ["pg\\any"],
        execution: "running",
      });
      const abort = new AbortController();
      const waiting = Array.from({ length: 40 }, () => echo(host, 1, { signal: abort.signal }));
      abort.abort();
      const kinds = (await Promise.all(waiting)).map((outcome) => outcome.kind);
      assert.deepEqual(new Set(kinds), new Set(["stopped"]));
      assert.deepEqual(valuesOf(await running), [0.2]);
    },
  },
  {
    fact: "a short function that blocks for once does not hold up the calls in line behind it",
    about: "calls",
    async check(host) {
      const several = Array.from({ length: 8 }, () => [""]);
      for (let round = 0; round < 20; round += 1) {
        await Promise.all(several.map((values) => valueOf(host, "wait_for", values)));
      }
      const folder = await mkdtemp(join(tmpdir(), "polyglot-gate-"));
      await chmod(folder, 0o755);
      const blocked = valueOf(host, "wait_for", [join(folder, "gate")]);
      const others = Array.from({ length: 20 }, () => valueOf(host, "wait_for", [""]));
      assert.deepEqual(new Set(await Promise.all(others)), new Set([true]));
      await writeFile(join(folder, "gate"), "");
      assert.equal(await blocked, true);
      await rm(folder, { recursive: true });
    },
  },
  {
    fact: "a process that exits takes its own call with it and no other",
    about: "calls",
    check: (host) => onlyItsOwnCall(host, { function: "quit_process", arguments: [{ value: 7 }] }, /exit code 7/),
  },
  {
    fact: "a crash in native code takes its own call with it and no other",
    about: "calls",
    check: (host) => onlyItsOwnCall(host, { function: "crash" }, /SIG(SEGV|ABRT)/),
  },
];
