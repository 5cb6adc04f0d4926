import { spawn } from "node:child_process";
import { type ProgramName, programFile } from "../local/program.ts";

/** Runs a program in the foreground with this terminal's streams and the signals that this process gets. */
export async function forwardProgram(name: ProgramName, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [programFile(name), ...args], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
