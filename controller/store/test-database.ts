/** For tests: a new database with the schema in it, on the server that the test run started. */
import { randomBytes } from "node:crypto";
import { silentLogger } from "@polyglot/service";
import { Client } from "pg";
import { inject } from "vitest";
import { Database } from "./database.ts";
import { migrate } from "./migrate.ts";

declare module "vitest" {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly database: Database;
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  const server = inject("postgresUrl");
  await runOn(server, `create database ${name}`);
  const url = withDatabase(server, name);
  const database = await Database.open(url, silentLogger);
  await migrate(database);
  return {
    url,
    database,
    [Symbol.asyncDispose]: async () => {
      await database.close();
      await runOn(server, `drop database ${name} with (force)`);
    },
  };
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

async function runOn(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
