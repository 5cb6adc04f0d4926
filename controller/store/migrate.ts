import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Database } from "./database.ts";
import { storeFile } from "./sql-file.ts";

/** Any number: it only has to be the same for all controllers that start at once. */
const migrationLock = 7_016_395;

/**
 * Brings the schema to this version, each migration in a transaction of its own under one lock. Forward only; each
 * migration has to be safe beside the previous version of the program. Answers the names of those applied now.
 */
export async function migrate(database: Database): Promise<readonly string[]> {
  const folder = dirname(storeFile("migrations/0001-initial.sql"));
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  const applied: string[] = [];
  for (const name of names) {
    if (await applyOnce(database, name, readFileSync(`${folder}/${name}`, "utf8"))) applied.push(name);
  }
  return applied;
}

function applyOnce(database: Database, name: string, text: string): Promise<boolean> {
  return database.transaction(async (transaction) => {
    await transaction.query({ name: "", text: "select pg_advisory_xact_lock($1)" }, [migrationLock]);
    await transaction.query({
      name: "",
      text: "create table if not exists migrations (name text primary key, at timestamptz not null default now())",
    });
    const fresh = await transaction.query(
      { name: "", text: "insert into migrations (name) values ($1) on conflict do nothing returning name" },
      [name],
    );
    if (fresh.length === 0) return false;
    await transaction.query({ name: "", text });
    return true;
  });
}
