import { chmodSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Also where it holds folders that nobody may write, as an agent keeps the code that it runs. */
export function removeFolder(folder: string): void {
  allowWriting(folder);
  rmSync(folder, { recursive: true, force: true });
}

function allowWriting(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) allowWriting(join(folder, entry.name));
  }
}
