/**
 * The raw limit beside us: one connection inserts, claims and completes rows in batches, each a commit. No ordering,
 * no dispatch, no user code: what PostgreSQL alone allows on this machine now.
 */
import { randomUUID } from "node:crypto";
import { Client } from "pg";

const batch = 500;

/** Rows per second through insert, claim and complete. */
export async function rawPostgres(url: string, rows: number): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`create table raw_queue (
      id uuid primary key, body json not null, state smallint not null default 0, outcome json)`);
    const startedAt = performance.now();
    for (let done = 0; done < rows; done += batch) await roundTrip(client);
    return (rows / (performance.now() - startedAt)) * 1_000;
  } finally {
    await client.query("drop table if exists raw_queue");
    await client.end();
  }
}

async function roundTrip(client: Client): Promise<void> {
  const ids = Array.from({ length: batch }, () => randomUUID());
  await client.query({
    name: "insert",
    text: `insert into raw_queue (id, body) select id, '{"text":"hello world"}' from unnest($1::uuid[]) as new (id)`,
    values: [ids],
  });
  await client.query({ name: "claim", text: "update raw_queue set state = 1 where id = any ($1)", values: [ids] });
  await client.query({
    name: "complete",
    text: `update raw_queue set state = 2, outcome = '{"upper":"HELLO WORLD"}' where id = any ($1) and state = 1`,
    values: [ids],
  });
}
