/**
 * The agent's program: `node agent.js --controller URL …`. Logs on stderr; one line on stdout when work can come.
 * `node agent.js runtimes` prints on one line what is found on this host, and ends. `node agent.js trials` runs what
 * standard input asks for, without a controller, and ends with it.
 */
import { homedir, hostname } from "node:os";
import { createLogger, systemClock } from "@polyglot/service";
import { NotAMember } from "../link/membership.ts";
import { AgentProgram } from "./agent-program.ts";
import { type AgentFlags, type Parsed, parseFlags, parseRuntimeFlags, type RuntimeFlags } from "./flags.ts";
import { ParentWatch } from "./parent-watch.ts";
import { surveyHost } from "./survey.ts";
import { runTrials } from "./trials.ts";

const usageExitCode = 2;
const failureExitCode = 1;

const host = {
  clock: systemClock,
  environment: process.env,
  home: homedir(),
  userId: process.getuid?.(),
  pid: process.pid,
};
const [word, ...rest] = process.argv.slice(2);
if (word === "runtimes") await survey(flagsOf(parseRuntimeFlags(rest, process.env)));
else if (word === "trials") await runTrials({ ...host, allowNetworks: ["loopback"] }, process.stdin, process.stdout);
else await run(flagsOf(parseFlags(process.argv.slice(2), hostname(), process.env)));

function flagsOf<Flags>(parsed: Parsed<Flags>): Flags {
  if (parsed.kind === "flags") return parsed.flags;
  process.stderr.write(`${parsed.message}\n`);
  process.exit(usageExitCode);
}

async function survey({ configured }: RuntimeFlags): Promise<void> {
  process.stdout.write(`${JSON.stringify(await surveyHost({ ...host, configured }))}\n`);
}

async function run(flags: AgentFlags): Promise<void> {
  const logger = createLogger("agent", flags.logLevel);
  const agent = new AgentProgram({ ...host, flags, logger });
  let ending: Promise<void> | undefined;
  const end = (reason: string) => {
    ending ??= stop(agent, reason);
  };
  const parent = new ParentWatch(process.env.POLYGLOT_PARENT_PID, systemClock, () => end("the parent is gone"));
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => end(signal));
  try {
    await parent.start();
    await agent.start();
    process.stdout.write(`${JSON.stringify({ ready: true, agent: flags.name })}\n`);
  } catch (error) {
    logger.error({ err: error }, problemOf(error));
    process.exit(failureExitCode);
  }

  async function stop(program: AgentProgram, reason: string): Promise<void> {
    logger.info({ reason }, "the agent ends");
    await program.stop();
    process.exit(0);
  }
}

/** A person reads this line first: what is the matter, without the frames around it. */
function problemOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof NotAMember ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
