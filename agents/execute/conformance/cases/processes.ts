import type { Case } from "../case.ts";
import { on, program, say, u, v } from "../program.ts";

const command = "U.System.Execute.Command";
const shell = "U.System.Execute.Shell";
const results = ["output", "error", "code"];

const seconds = (count: number) => ({ $duration: { months: 0, seconds: count } });

export const processes: readonly Case[] = [
  {
    title: "a command's output, error output and exit code",
    plan: program({
      run: [u(command, [["sh", "-c", "echo out; echo err >&2; exit 3"]], results)],
      outputs: results,
    }),
    expect: { outputs: { output: "out\n", error: "err\n", code: 3 } },
  },
  {
    title: "arguments reach the program as they are, without a shell",
    plan: program({
      run: [u(command, [["printf", "%s|", "a b", "$HOME", "*", "", "\u{1F600}"]], ["output"])],
      outputs: ["output"],
    }),
    expect: { outputs: { output: "a b|$HOME|*||\u{1F600}|" } },
  },
  {
    title: "a line of shell",
    plan: program({ run: [u(shell, ["printf 'b\\na\\n' | sort | tr -d '\\n'"], ["output"])], outputs: ["output"] }),
    expect: { outputs: { output: "ab" } },
  },
  {
    title: "input goes to the program, also when it does not read it",
    plan: program({
      run: [
        u(command, [["cat"]], ["output"], { named: { input: "in\u00e9" } }),
        u(command, [["true"]], ["none", "error", "code"], { node: "true", named: { input: "x".repeat(1_000_000) } }),
      ],
      outputs: ["output", "code"],
    }),
    expect: { outputs: { output: "in\u00e9", code: 0 } },
  },
  {
    title: "the environment is empty but for the search path and what is given",
    plan: program({
      run: [
        u(command, [["env"]], ["output"], { named: { env: { A: "1 2" } } }),
        u("U.String.Split", [v("output"), "\n"], ["lines"]),
        u("U.Collection.Contains", [v("lines"), "A=1 2"], ["given"]),
        u("U.String.Contains", [v("output"), "PATH=/usr/local/bin:/usr/bin:/bin"], ["path"]),
        u("U.String.Contains", [v("output"), "HOME="], ["home"], { node: "home" }),
      ],
      outputs: ["given", "path", "home"],
    }),
    expect: { outputs: { given: true, path: true, home: false } },
  },
  {
    title: "a command runs in the data root, or in the folder that is named",
    plan: program({
      run: [
        u("U.System.Directory.Create", ["folder/below"]),
        u(shell, ["echo x > here; mv here folder/below"], [], { node: "write" }),
        u(shell, ["ls"], ["output"], { named: { cwd: "folder/below" } }),
      ],
      outputs: ["output"],
    }),
    expect: { outputs: { output: "here\n" } },
  },
  {
    title: "a command that takes too long is ended, also one that passes over SIGTERM",
    plan: program({
      run: [
        u(shell, ["trap '' TERM; while true; do sleep 1; done"], [], {
          named: { timeout: seconds(0.05) },
          handlers: [on("pg\\!TimeoutError", [say(v("e.message"))], "e")],
        }),
      ],
    }),
    expect: { said: ["'/bin/sh' ran longer than its limit of 0.05 s and was ended"] },
  },
  {
    title: "what a command leaves in the background ends with it",
    plan: program({
      run: [
        u(shell, ["sleep 612 & setsid sleep 613 & echo done"], ["output"]),
        u(shell, ["cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -c 'sleep 61[23]'; true"], ["left"], {
          node: "left",
        }),
      ],
      outputs: ["output", "left"],
    }),
    expect: { outputs: { output: "done\n", left: "0\n" } },
  },
  {
    title: "a signal's exit code is that of a shell",
    plan: program({ run: [u(shell, ["kill -9 $$"], results)], outputs: ["code"] }),
    expect: { outputs: { code: 137 } },
  },
  {
    title: "a command ends with the execution",
    plan: program({ run: [u(command, [["sleep", "614"]])], queue: { kill: { timeout_seconds: 0.1 } } }),
    expect: { outcome: "killed", error: { type: "pg\\!TimeoutError" } },
  },
  {
    title: "endless output is an error",
    plan: program({ run: [u(command, [["yes"]])] }),
    expect: { outcome: "failed", error: { type: "pg\\!ResourceError", step: command } },
  },
  {
    title: "a program that is not there",
    plan: program({ run: [u(command, [["no-such-program"]])] }),
    expect: { outcome: "failed", error: { type: "pg\\!DependencyError", step: command } },
  },
  {
    title: "a folder that is not there",
    plan: program({ run: [u(command, [["true"]], [], { named: { cwd: "nowhere" } })] }),
    expect: { outcome: "failed", error: { type: "pg\\!FileError", step: command } },
  },
  {
    title: "a command without a program",
    plan: program({ run: [u(command, [[]])] }),
    expect: { outcome: "failed", error: { type: "pg\\!ValidationError", step: command } },
  },
  {
    title: "an argument that is no text",
    plan: program({ run: [u(command, [["echo", 1]])] }),
    expect: {
      outcome: "failed",
      error: { type: "pg\\!ConversionError", message: "'command', part 2, is to be a text, and is an int" },
    },
  },
];
