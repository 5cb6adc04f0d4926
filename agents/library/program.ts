/**
 * The program of a library worker: `node program.js SETTINGS`, a channel of frames on file descriptor 3. With `--check`
 * it says that it can be loaded, which is how the agent finds a user that may run it.
 */
import { Socket } from "node:net";
import { systemClock } from "@polyglot/service";
import { markName } from "../limits/contained-process.ts";
import { encodeFrame, FrameReader } from "../pool/frames.ts";
import type { ContainedSettings } from "../stdlib/contained/contained-function.ts";
import { containedLibrary } from "../stdlib/contained/contained-library.ts";
import { LibraryServer } from "./library-server.ts";

const channelDescriptor = 3;

const [argument = ""] = process.argv.slice(2);
if (argument === "--check")
  process.stdout.write(`${JSON.stringify({ version: process.versions.node, problem: null })}\n`);
else serve(JSON.parse(argument) as ContainedSettings);

function serve(settings: ContainedSettings): void {
  const channel = new Socket({ fd: channelDescriptor, readable: true, writable: true });
  const send = (frame: Buffer) => new Promise<void>((resolve) => channel.write(frame, () => resolve()));
  const marks = { [markName]: process.env[markName] ?? "" };
  const server = new LibraryServer({ library: containedLibrary, settings, marks, clock: systemClock, send });
  const reader = new FrameReader();
  const end = (): void => void server.stop().finally(() => process.exit(0));
  channel.on("data", (chunk: Buffer) => {
    for (const frame of reader.push(chunk) ?? []) void server.take(frame);
  });
  channel.on("error", end);
  channel.on("close", end);
  process.on("SIGTERM", end);
  void send(encodeFrame("h", 0, ""));
}
