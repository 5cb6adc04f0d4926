import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface ControllerId {
  /** Of this process alone. */
  readonly id: string;
  /** What the ids of all processes of this controller, one after another, begin with. */
  readonly family: string;
}

/** The family stays with the data folder, so that a process that was killed is known to be gone by the one after it. */
export function readControllerId(dataFolder: string): ControllerId {
  const path = join(dataFolder, "controller-id");
  if (!existsSync(path)) writeFileSync(path, `${randomUUID()}\n`, { mode: 0o600 });
  const family = `${readFileSync(path, "utf8").trim()}.`;
  return { family, id: `${family}${randomUUID()}` };
}
