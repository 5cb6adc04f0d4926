import { readFileSync } from "node:fs";
import { hashToken } from "../api/authorise.ts";
import type { Queryable } from "../store/database.ts";
import { revokeOtherTokens, writeToken } from "../store/tokens.ts";

const name = "local";
const limits = { minCharacters: 16, validSeconds: 10 * 365 * 86_400 } as const;

/** Makes the token in the file an administrator's; the one that stood there before is revoked. */
export async function registerLocalToken(database: Queryable, file: string): Promise<void> {
  const token = readFileSync(file, "utf8").trim();
  if (token.length < limits.minCharacters) {
    throw new Error(`the token in ${file} has ${token.length} characters, at least ${limits.minCharacters} are needed`);
  }
  const hash = hashToken(token);
  await writeToken(database, { hash, kind: "user", name, role: "admin", validSeconds: limits.validSeconds });
  await revokeOtherTokens(database, "user", name, hash);
}
