/** `agent.js trials`: lines of JSON in, one line out for each trial, in the order in which they end. */
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Trial, TrialRequest } from "@polyglot/contracts";
import { TrialRunner, type TrialSurroundings } from "../trial/trial-runner.ts";

export async function runTrials(surroundings: TrialSurroundings, input: Readable, output: Writable): Promise<void> {
  const runner = new TrialRunner(surroundings);
  const running = new Set<Promise<void>>();
  await runner.start();
  try {
    for await (const line of createInterface({ input })) {
      const request = JSON.parse(line) as TrialRequest;
      if ("bundle" in request) runner.hold(request.bundle.digest, Buffer.from(request.bundle.archive, "base64"));
      else track(running, answer(runner, request.trial, output));
      while (running.size >= availableParallelism()) await Promise.race(running);
    }
    await Promise.all(running);
  } finally {
    await runner.stop();
  }
}

async function answer(runner: TrialRunner, trial: Trial, output: Writable): Promise<void> {
  output.write(`${JSON.stringify(await runner.run(trial))}\n`);
}

function track(running: Set<Promise<void>>, work: Promise<void>): void {
  running.add(work);
  void work.then(
    () => running.delete(work),
    () => running.delete(work),
  );
}
