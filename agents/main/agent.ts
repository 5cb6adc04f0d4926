/** The agent's program: `node agent.js --controller URL …`. Logs on stderr; one line on stdout when work can come. */
import { homedir, hostname } from "node:os";
import { createLogger, systemClock } from "@polyglot/service";
import { NotAMember } from "../link/membership.ts";
import { AgentProgram } from "./agent-program.ts";
import { type AgentFlags, parseFlags } from "./flags.ts";
import { ParentWatch } from "./parent-watch.ts";

const usageExitCode = 2;
const failureExitCode = 1;

const parsed = parseFlags(process.argv.slice(2), hostname());
if (parsed.kind === "problem") {
  process.stderr.write(`${parsed.message}\n`);
  process.exit(usageExitCode);
}
await run(parsed.flags);

async function run(flags: AgentFlags): Promise<void> {
  const logger = createLogger("agent", flags.logLevel);
  const agent = new AgentProgram({
    flags,
    clock: systemClock,
    logger,
    environment: process.env,
    home: homedir(),
    userId: process.getuid?.(),
  });
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
