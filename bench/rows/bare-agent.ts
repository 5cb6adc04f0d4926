/** The bare path's agent: requests from a socket to one warm Python process, outcomes back in batches. */
import { spawn } from "node:child_process";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { BareOutcome, BareRequest } from "./bare-path.ts";
import { onFrames, toFrame } from "./frames.ts";

interface BareAnswer {
  readonly id: string;
  readonly value: string;
}

const gatherMs = 1;
const worker = spawn("python3", ["-S", "-E", fileURLToPath(new URL("./bare-worker.py", import.meta.url))], {
  stdio: ["pipe", "pipe", "inherit"],
});
const socket = connect(Number(process.argv[2]), "127.0.0.1").setNoDelay(true);
socket.on("close", () => worker.stdin.end());

let outcomes: BareOutcome[] = [];
onFrames(socket, (batches) => {
  const calls = (batches.flat() as BareRequest[]).map(({ id, text }) => toFrame({ id, function: "upper", text }));
  worker.stdin.write(Buffer.concat(calls));
});
onFrames(worker.stdout, (answers) => {
  if (outcomes.length === 0) void send();
  for (const { id, value } of answers as BareAnswer[])
    outcomes.push({ id, attempt: 1, state: "succeeded", outputs: { upper: value } });
});

async function send(): Promise<void> {
  await sleep(gatherMs);
  socket.write(toFrame(outcomes));
  outcomes = [];
}
