/** Connections to Redis. One carries one execution's commands at a time, as those of MULTI or WATCH belong together. */
import { isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { CanonicalValue } from "@polyglot/contracts";
import { AbstractConnector, Redis } from "ioredis";
import { Refused } from "../given.ts";
import { AddressPolicy } from "@polyglot/service/address-policy";
import type { ContainedSettings } from "./contained-function.ts";
import type { Connection, Statement } from "./database-connection.ts";
import { databaseLimits } from "./database-limits.ts";
import { ResultSize } from "./database-rows.ts";
import { GuardedSocket } from "@polyglot/service/guarded-socket";
import { problemOfRedis } from "./redis-problem.ts";
import { argumentOfRedis, countOfReply, listOfReply, type RedisReply, sizeOfReply } from "./redis-values.ts";

const defaultPort = 6379;

export async function openRedis(url: string, settings: ContainedSettings): Promise<Connection> {
  const policy = new AddressPolicy(settings.allowNetworks);
  const place = placeOf(url);
  const client = new Redis(url, {
    Connector: connectorTo(place, policy),
    lazyConnect: true,
    protocol: 2,
    // Apart from texts, and exact beyond 2^53.
    stringNumbers: true,
    connectTimeout: databaseLimits.connectTimeoutMs,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
    connectionName: "polyglot",
  });
  const connection = new RedisConnection(client);
  try {
    await client.connect();
  } catch (error) {
    client.disconnect();
    throw problemOfRedis(connection.broken ?? error);
  }
  return connection;
}

interface Place {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
}

function placeOf(text: string): Place {
  if (!URL.canParse(text))
    throw new Refused("ValidationError", "'url' is to be like redis://user:password@host:6379/0");
  const url = new URL(text);
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1") || "localhost";
  return { host, port: Number(url.port) || defaultPort, isTls: url.protocol === "rediss:" };
}

/** The client asks a class for its connection; this one goes to allowed addresses only. */
function connectorTo({ host, port, isTls }: Place, policy: AddressPolicy) {
  return class extends AbstractConnector {
    constructor() {
      super(databaseLimits.cancelGraceMs);
    }

    override connect(): Promise<Socket> {
      const socket = new GuardedSocket(policy).connectTo(port, host);
      this.stream = isTls ? connectTls({ socket, host, ...nameOf(host) }) : socket;
      const keep = (error: Error) => {
        this.firstError ??= error;
        this.stream.destroy(error);
      };
      socket.on("error", keep);
      this.stream.on("error", keep);
      return Promise.resolve(this.stream);
    }
  };
}

/** TLS names servers by name alone; an address is judged by `host`. */
const nameOf = (host: string) => (isIP(host) === 0 ? { servername: host } : {});

/** What they leave behind on a connection is not undone by one command, so that the connection is not used again. */
const lasting: ReadonlySet<string> = new Set([
  "MULTI",
  "WATCH",
  "SELECT",
  "AUTH",
  "HELLO",
  "CLIENT",
  "READONLY",
  "ASKING",
]);

/** Their replies come later, and to nobody. */
const refused: ReadonlySet<string> = new Set([
  "SUBSCRIBE",
  "PSUBSCRIBE",
  "SSUBSCRIBE",
  "MONITOR",
  "SYNC",
  "PSYNC",
  "QUIT",
  "RESET",
]);

class RedisConnection implements Connection {
  broken: Error | undefined;
  readonly #client: Redis;
  #isAsNew = true;
  #isOpen = true;

  constructor(client: Redis) {
    this.#client = client;
    client.on("error", (error: Error) => {
      this.broken ??= error;
    });
    client.on("end", () => {
      this.#isOpen = false;
    });
  }

  get isUsable(): boolean {
    return this.#isOpen;
  }

  async query(statement: Statement): Promise<CanonicalValue[]> {
    const reply = await this.#call(statement);
    new ResultSize(statement.maxBytes).add(sizeOfReply(reply));
    return listOfReply(reply);
  }

  async execute(statement: Statement): Promise<CanonicalValue> {
    return countOfReply(await this.#call(statement));
  }

  reset(): Promise<boolean> {
    return Promise.resolve(this.#isOpen && this.#isAsNew);
  }

  close(): Promise<void> {
    this.#isOpen = false;
    this.#client.disconnect();
    return Promise.resolve();
  }

  /** Redis has no way to call a command back: the connection that waits for it is given up. */
  async #call({ text, parameters, signal }: Statement): Promise<RedisReply> {
    const [command = "", ...words] = text.trim().split(/\s+/);
    const name = command.toUpperCase();
    if (name === "" || refused.has(name))
      throw new Refused("ValidationError", `the command '${name}' is not served here`);
    if (lasting.has(name)) this.#isAsNew = false;
    const giveUp = () => void this.close();
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      const given = [...words, ...parameters.map((value, index) => argumentOfRedis(value, index))];
      return (await this.#client.callBuffer(command, given)) as RedisReply;
    } catch (error) {
      throw problemOfRedis(error);
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }
}
