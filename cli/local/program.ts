import { createRequire } from "node:module";
import { ChildProgram } from "./child-program.ts";
import { tether } from "./tether.ts";

export type ProgramName = "controller" | "agent";

const entries = { controller: "@polyglot/controller/main", agent: "@polyglot/agents/main" } as const satisfies Record<
  ProgramName,
  string
>;

/** The file that Node starts for a program, as the package that holds it exports it. */
export const programFile = (name: ProgramName): string => createRequire(import.meta.url).resolve(entries[name]);

export interface ProgramOptions {
  readonly args: readonly string[];
  readonly onLog: (line: string) => void;
}

/** A program that ends with this process; see `Ready` for when it can be used. */
export function startProgram(name: ProgramName, options: ProgramOptions): ChildProgram {
  const command = [process.execPath, programFile(name), ...options.args];
  return new ChildProgram(tether(command, "TERM"), {
    onLog: options.onLog,
    // Where the kernel does not tell a child of its parent's death, the child looks by itself.
    env: { ...process.env, POLYGLOT_PARENT_PID: String(process.pid) },
  });
}

/** The one line that a program prints when its work can begin. */
export interface Ready {
  readonly ready: true;
  /** The controller's. */
  readonly url?: string;
  /** Path of the controller's authority. */
  readonly ca?: string;
  /** The agent's name. */
  readonly agent?: string;
}

export async function whenReady(program: ChildProgram): Promise<Ready> {
  const line = await program.line((candidate) => parseReady(candidate) !== undefined);
  const ready = parseReady(line);
  if (ready === undefined) throw new Error("a line that was ready is not");
  return ready;
}

function parseReady(line: string): Ready | undefined {
  if (!line.startsWith('{"ready":true')) return undefined;
  try {
    return JSON.parse(line) as Ready;
  } catch {
    return undefined;
  }
}
