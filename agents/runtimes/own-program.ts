/** A program of our own over the Node that runs the agent, contained as user code is. */
import type { Confinement } from "../limits/confinement.ts";
import { type CheckedRuntime, checkRuntime } from "./find-runtimes.ts";
import { readCheckLine } from "./language.ts";
import type { WorkerUser } from "../limits/worker-user.ts";

export interface OwnProgram {
  /** Says `{ "version", "problem" }` on one line when its argument is `--check`. */
  readonly file: string;
  readonly arguments: readonly string[];
  /** Two-way channels that the process finds from file descriptor 3 on. */
  readonly channels: number;
  readonly confinement?: Confinement;
}

/** Tries it as `user`, whose packages and interpreter it has to be able to read; else as the agent's own user. */
export function checkProgram(program: OwnProgram, user: WorkerUser): Promise<CheckedRuntime> {
  const { file } = program;
  const check = { arguments: [file, "--check"], read: readCheckLine };
  return checkRuntime({ name: "node", title: "Node.js", oldestVersion: "24", check }, process.execPath, user);
}
