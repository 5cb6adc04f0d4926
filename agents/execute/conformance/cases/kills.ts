import type { Case } from "../case.ts";
import { callee, input, on, program, py, run, say, text, u } from "../program.ts";

const hang = u("U.Sleep", [{ $duration: { months: 0, seconds: 600 } }], [], { node: "hang" });
const memoryBytes = 150 * 2 ** 20;
const hog = py("hog", []);

const shell = (node: string, line: string) => u("U.System.Execute.Shell", [line], [], { node });

const onKill = callee({
  inputs: [input("facts")],
  run: [say(text("{facts.type} {facts.measure} at {facts.step}"))],
  cleanup: [say("handler's cleanup")],
});

export const kills: readonly Case[] = [
  {
    title: "an execution that runs longer than its limit is killed, and cleans up",
    plan: program({ queue: { kill: { timeout_seconds: 0.3 } }, run: [hang], cleanup: [say("cleanup")] }),
    expect: {
      outcome: "killed",
      error: { type: "pg\\!TimeoutError", message: "the execution ran longer than its limit of 0.3 s" },
      said: ["cleanup"],
      cleanup: "done",
    },
  },
  {
    title: "the strategy Immediate leaves no time to clean up, and says so",
    plan: program({
      queue: { kill: { timeout_seconds: 0.3, strategy: "immediate" } },
      run: [hang],
      cleanup: [say("cleanup")],
    }),
    expect: { outcome: "killed", error: { type: "pg\\!TimeoutError" }, said: [], cleanup: "abandoned" },
  },
  {
    title: "an execution that uses more memory than its limit is killed, with the figures and the step",
    plan: program({ queue: { kill: { memory_bytes: memoryBytes } }, run: [hog], cleanup: [say("cleanup")] }),
    expect: { outcome: "killed", error: { type: "pg\\!OOMError", step: "hog" }, said: ["cleanup"], cleanup: "done" },
  },
  {
    title: "so is one that uses more CPU on the mean of the window",
    plan: program({ queue: { kill: { cpu_percent: 5 } }, run: [py("spin", [600])] }),
    expect: { outcome: "killed", error: { type: "pg\\!CpuThrottleError", step: "spin" } },
  },
  {
    title: "what a command uses counts like a function's, with all that it has started",
    plan: program({
      queue: { kill: { memory_bytes: memoryBytes } },
      run: [shell("hold", "setsid sh -c '(head -c 200000000 /dev/zero; sleep 600) | tail -n 1' & wait")],
      cleanup: [say("cleanup")],
    }),
    expect: { outcome: "killed", error: { type: "pg\\!OOMError", step: "hold" }, said: ["cleanup"], cleanup: "done" },
  },
  {
    title: "so does the CPU that it takes",
    plan: program({
      queue: { kill: { cpu_percent: 5, strategy: "immediate" } },
      run: [shell("spin", "trap '' TERM; while :; do :; done")],
    }),
    expect: { outcome: "killed", error: { type: "pg\\!CpuThrottleError", step: "spin" } },
  },
  {
    title: "one below its limits is none of that",
    plan: program({ queue: { kill: { cpu_percent: 100, memory_percent: 90 } }, run: [py("spin", [0.4])] }),
    expect: {},
  },
  {
    title: "the handler of a kill runs with its facts before cleanup, and the outcome stays",
    plan: program({
      queue: { kill: { memory_bytes: memoryBytes, strategy: "custom-handler", handler: "test.execute#OnKill" } },
      run: [hog],
      cleanup: [say("cleanup")],
      callees: { OnKill: onKill },
    }),
    expect: {
      outcome: "killed",
      error: { type: "pg\\!OOMError" },
      said: ["pg\\!OOMError memory at hog", "handler's cleanup", "cleanup"],
      cleanup: "done",
    },
  },
  {
    title: "a handler that does not end is ended with the grace period, and nothing else has time",
    plan: program({
      queue: {
        kill: { timeout_seconds: 0.3, grace_seconds: 0.3, strategy: "custom-handler", handler: "test.execute#OnKill" },
      },
      run: [hang],
      cleanup: [say("never")],
      callees: { OnKill: callee({ inputs: [input("facts")], run: [hang] }) },
    }),
    expect: {
      outcome: "killed",
      error: { type: "pg\\!TimeoutError" },
      said: ["the kill's handler did not end in time"],
      cleanup: "abandoned",
    },
  },
  {
    title: "a handler that fails is noted, and cleanup has its turn",
    plan: program({
      queue: { kill: { timeout_seconds: 0.3, strategy: "custom-handler", handler: "test.execute#OnKill" } },
      run: [hang],
      cleanup: [say("cleanup")],
      callees: { OnKill: callee({ inputs: [input("facts")], run: [py("fail", ["ValueError", "boom"])] }) },
    }),
    expect: { outcome: "killed", said: ["py\\!ValueError: boom", "cleanup"], cleanup: "done" },
  },
  {
    title: "the limits of a called pipeline hold for its call, whose error a handler takes",
    plan: program({
      run: [
        run("Inner", [], [], { handlers: [on("pg\\!OOMError", [say(text("caught at {e.step}"))], "e")] }),
        say("after"),
      ],
      callees: { Inner: callee({ kill: { memory_bytes: memoryBytes }, run: [hog], cleanup: [say("cleanup")] }) },
    }),
    expect: { said: ["cleanup", "caught at Inner/hog", "after"] },
  },
  {
    title: "the strategy Degrade lets work that uses too much CPU come to its end",
    plan: program({
      queue: { kill: { cpu_percent: 10, strategy: "degrade" } },
      run: [py("spin", [0.4]), say("after")],
    }),
    expect: { saidLast: "after" },
  },
  {
    title: "the strategy Degrade kills work that still uses too much memory after the grace period",
    plan: program({
      queue: { kill: { memory_bytes: memoryBytes, strategy: "degrade", grace_seconds: 2 } },
      run: [hog],
      cleanup: [say("cleanup")],
    }),
    expect: { outcome: "killed", error: { type: "pg\\!OOMError", step: "hog" }, saidLast: "cleanup", cleanup: "done" },
  },
];
