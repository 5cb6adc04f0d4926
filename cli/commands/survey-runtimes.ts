/** Asks the agent's own program what it would find here: the command line knows no runtimes. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { create, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { type Containment, ContainmentSchema, type Runtime, RuntimeSchema } from "@polyglot/contracts/service";
import { Failure } from "../client/failure.ts";
import { programFile } from "../local/program.ts";

export interface HostSurvey {
  readonly runtimes: readonly Runtime[];
  readonly containment: Containment;
  /** Sentences on what steps in some language would miss here. */
  readonly lacks: readonly string[];
}

/** What the program prints. */
interface Answer {
  readonly runtimes: readonly JsonValue[];
  readonly lacks: readonly string[];
  readonly containment: { readonly level: string; readonly missing: readonly { readonly reason: string }[] };
}

const run = promisify(execFile);

const names = ["python", "node", "rust", "cpp"] as const;

export async function surveyRuntimes(
  named: Readonly<Record<(typeof names)[number], readonly string[]>>,
): Promise<HostSurvey> {
  const flags = names.flatMap((name) => named[name].flatMap((path) => [`--${name}`, path]));
  const { runtimes, containment, lacks } = JSON.parse(await ask(flags)) as Answer;
  return {
    runtimes: runtimes.map((runtime) => fromJson(RuntimeSchema, runtime)),
    containment: create(ContainmentSchema, {
      level: containment.level,
      missing: containment.missing.map(({ reason }) => reason),
    }),
    lacks,
  };
}

async function ask(flags: readonly string[]): Promise<string> {
  try {
    return (await run(process.execPath, [programFile("agent"), "runtimes", ...flags])).stdout;
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    throw new Failure("failed", `the host cannot be surveyed: ${stderr.trim() || message}`, { cause: error });
  }
}
