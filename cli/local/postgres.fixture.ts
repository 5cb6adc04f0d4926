/** A parent for a test to kill: starts a PostgreSQL in the folder of its first argument and prints the server's pid. */
import { EmbeddedPostgres } from "./postgres.ts";

const postgres = new EmbeddedPostgres({ folder: process.argv[2] ?? "" });
await postgres.start();
process.stdout.write(String(postgres.pid));
