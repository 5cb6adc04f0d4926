import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Bytes of a socket's path on macOS, which holds 4 less than Linux. */
const pathLimit = 103;

/** In the data folder: where the sockets are, so that the next start removes what a killed one left. */
const recordName = "sockets";

const longestName = "/.s.PGSQL.5432.lock";

/** Private by its mode (0700), which stands for a password; short, because the path of a socket is. */
export function createSocketFolder(dataFolder: string): string {
  removeSocketFolder(dataFolder);
  const usual = join(tmpdir(), "pg-");
  const prefix = Buffer.byteLength(`${usual}XXXXXX${longestName}`) <= pathLimit ? usual : "/tmp/pg-";
  const folder = mkdtempSync(prefix);
  writeFileSync(join(dataFolder, recordName), folder);
  return folder;
}

export function removeSocketFolder(dataFolder: string): void {
  const record = join(dataFolder, recordName);
  try {
    const folder = readFileSync(record, "utf8");
    if (/\/pg-\w{6}$/.test(folder)) rmSync(folder, { recursive: true, force: true });
  } catch {
    // No record, so nothing was left.
  }
  rmSync(record, { force: true });
}
