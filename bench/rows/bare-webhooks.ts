/**
 * What stands beside our webhooks: a program that does no more than the same port, the same signature and one row for each
 * request, in a transaction of its own. `node bare-webhooks.ts`, with DATABASE_URL, CERTIFICATE, KEY and SECRET; it prints its port.
 */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { createSecureServer, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { Pool } from "pg";

const { DATABASE_URL = "", CERTIFICATE = "", KEY = "", SECRET = "" } = process.env;

const pool = new Pool({ connectionString: DATABASE_URL, max: 10 });
await pool.query("create table if not exists received (id uuid primary key, delivery text unique, body json not null)");
const server = createSecureServer({ cert: CERTIFICATE, key: KEY, settings: { maxConcurrentStreams: 1_000 } });
server.on("stream", (stream, headers) => {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.on("end", () => void receive(stream, headers, Buffer.concat(chunks)));
});

async function receive(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, body: Buffer): Promise<void> {
  const expected = Buffer.from(`sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`);
  const given = Buffer.from(String(headers["x-hub-signature-256"]));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return stream.respond({ ":status": 401 });
  const values = [randomUUID(), headers["x-github-delivery"], body.toString("utf8")];
  const text = "insert into received (id, delivery, body) values ($1, $2, $3) on conflict (delivery) do nothing";
  await pool.query({ name: "receive", text, values });
  stream.respond({ ":status": 202 });
  stream.end();
}

server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
