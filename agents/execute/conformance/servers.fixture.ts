/** What the library's network and database names connect to in the conformance suite: real servers of this test alone. */
import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { startRedis } from "../../stdlib/contained/redis-server.fixture.ts";

export interface Servers {
  readonly http: string;
  readonly postgres: string;
  readonly redis: string;
  stop(): Promise<void>;
}

/** `postgresUrl`: of the run's PostgreSQL, which listens on a socket that worker users may not reach. */
export async function startServers(postgresUrl: string): Promise<Servers> {
  const http = createHttpServer(answer);
  const relay = relayTo(postgresUrl);
  const redis = await startRedis();
  return {
    http: `http://127.0.0.1:${await listen(http)}`,
    postgres: overTcp(postgresUrl, await listen(relay)),
    redis: redis.url,
    stop: async () => {
      http.closeAllConnections();
      http.close();
      relay.close();
      await redis.stop();
    },
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function answer({ method, url = "", headers }: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(url, "http://here");
  if (pathname === "/never") return;
  if (pathname === "/away") return void response.writeHead(302, { location: "http://0.0.0.0:1/" }).end();
  if (pathname === "/missing") return void response.writeHead(404, { "content-type": "text/plain" }).end("not here");
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ method, url, key: headers["x-key"] ?? null, ratio: 1.5 }));
}

/** `postgres:///name?host=FOLDER&user=NAME`: the socket's folder stands among the parameters. */
const parse = (postgresUrl: string): URL => new URL(postgresUrl.replace(":///", "://localhost/"));

function relayTo(postgresUrl: string): Server {
  const { searchParams } = parse(postgresUrl);
  const path = `${searchParams.get("host")}/.s.PGSQL.${searchParams.get("port") ?? "5432"}`;
  return createServer((client) => {
    const server = connect(path);
    for (const side of [client, server]) side.on("error", () => undefined);
    client.pipe(server).pipe(client);
    client.on("close", () => server.destroy());
    server.on("close", () => client.destroy());
  });
}

const overTcp = (postgresUrl: string, port: number): string => {
  const { pathname, searchParams } = parse(postgresUrl);
  return `postgresql://${searchParams.get("user")}@127.0.0.1:${port}${pathname}`;
};
