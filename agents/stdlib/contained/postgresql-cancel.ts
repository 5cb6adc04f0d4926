import { connect, type Socket } from "node:net";
import type { Client } from "pg";
import { databaseLimits } from "./database-limits.ts";

/** The number that stands for a request to cancel in PostgreSQL's protocol ("CancelRequest", 80877102). */
const cancelCode = 80_877_102;

/** What the client keeps of its server process; its types leave it out. */
interface ServerProcess {
  readonly processID: number | null;
  readonly secretKey: number | null;
  readonly connection: { readonly stream: Socket };
}

/**
 * Asks the server to stop the statement that it runs for this client: over a connection of its own, to the address that
 * the client is connected to. There is no answer; the statement ends with an error or has ended before.
 */
export function cancelRequest(client: Client): void {
  const { processID, secretKey, connection } = client as unknown as ServerProcess;
  if (processID === null || secretKey === null) return;
  const { remoteAddress, remotePort } = connection.stream;
  const socket =
    remoteAddress === undefined || remotePort === undefined
      ? connect(`${client.host}/.s.PGSQL.${client.port}`)
      : connect(remotePort, remoteAddress);
  socket.setTimeout(databaseLimits.cancelGraceMs, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  socket.end(requestOf(processID, secretKey));
}

function requestOf(processId: number, secretKey: number): Buffer {
  const message = Buffer.alloc(16);
  message.writeInt32BE(message.length, 0);
  message.writeInt32BE(cancelCode, 4);
  message.writeInt32BE(processId, 8);
  message.writeInt32BE(secretKey, 12);
  return message;
}
