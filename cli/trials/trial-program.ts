/** The agent's own program, run for tests alone: it knows runtimes, and the command line does not. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Bundle, Trial, TrialAnswer, TrialRequest } from "@polyglot/contracts";
import { Failure } from "../client/failure.ts";
import { programFile } from "../local/program.ts";

/** Characters of what the program says that an error repeats. */
const rememberedCharacters = 4_000;

/** `onAnswer` hears each as it ends. */
export async function runTrials(
  bundles: Iterable<Bundle>,
  trials: readonly Trial[],
  onAnswer: (answer: TrialAnswer) => void,
): Promise<void> {
  if (trials.length === 0) return;
  const child = spawn(process.execPath, [programFile("agent"), "trials"], { stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = `${said}${chunk.toString()}`.slice(-rememberedCharacters);
  });
  // A program that dies is told of by its end, not by the pipe that broke.
  child.stdin.on("error", () => undefined);
  for (const { digest, archive } of bundles) {
    send({ bundle: { digest, archive: Buffer.from(archive).toString("base64") } });
  }
  for (const trial of trials) send({ trial });
  child.stdin.end();
  let answered = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    onAnswer(JSON.parse(line) as TrialAnswer);
    answered += 1;
  }
  const code = await ended;
  if (answered < trials.length) throw new Failure("failed", `the tests ended early (code ${code}): ${said.trim()}`);

  function send(request: TrialRequest): void {
    child.stdin.write(`${JSON.stringify(request)}\n`);
  }
}
