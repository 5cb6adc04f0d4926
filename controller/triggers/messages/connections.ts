/** The brokers that Connections name, and how to sign in to them. */
import { type BrokerType, type ConnectionSpec, connection, isBrokerType, isForNamespace } from "@polyglot/contracts";
import { parseCredentials } from "../../secrets/connection-credentials.ts";
import type { SecretSources } from "../../secrets/secret-sources.ts";
import type { Queryable } from "../../store/database.ts";
import { readBrokerConnections, type StoredConnection } from "../../store/secrets.ts";
import type { BrokerAddress } from "./broker.ts";

const types = ["rabbitmq", "kafka", "redis"] as const satisfies readonly BrokerType[];

export type FoundConnection =
  | { readonly kind: "found"; readonly type: BrokerType; readonly address: BrokerAddress }
  | { readonly kind: "problem"; readonly message: string };

interface Candidate extends StoredConnection {
  readonly name: string;
}

interface Declared extends Candidate {
  readonly spec: ConnectionSpec;
}

/** Names nothing but a broker, and one of the type that is asked for. */
export interface Wanted {
  readonly connection?: string;
  readonly broker: BrokerType | undefined;
}

export interface ConnectionParts {
  readonly database: Queryable;
  readonly secrets: Pick<SecretSources, "read">;
}

/** Read anew at each connection, so that a value that was replaced counts from then on. */
export async function findConnection(
  wanted: Wanted,
  namespace: string,
  { database, secrets }: ConnectionParts,
): Promise<FoundConnection> {
  const stored = await readBrokerConnections(database, types);
  const chosen = choose(
    wanted,
    stored.flatMap(declared).filter(({ spec }) => isForNamespace(spec, namespace)),
  );
  if ("problem" in chosen) return { kind: "problem", message: chosen.problem };
  const { name, spec, secret } = chosen;
  const { type, url, tls, credentialsFrom } = spec;
  if (!isBrokerType(type)) return { kind: "problem", message: `Connection '${name}' is no broker` };
  const place = { url, ...(tls === undefined ? {} : { isEncrypted: tls.enabled }) };
  if (credentialsFrom === undefined) return { kind: "found", type, address: place };
  const read = await secrets.read(credentialsFrom, secret, namespace);
  if (read.kind !== "value") return { kind: "problem", message: `Connection '${name}': ${read.message}` };
  const found = parseCredentials(read.value, type, url);
  if (found.kind === "password") return { kind: "found", type, address: { ...place, ...userAndPassword(found) } };
  const problem = found.kind === "problem" ? found.message : "its value is to be user:password";
  return { kind: "problem", message: `Connection '${name}': secret '${credentialsFrom}': ${problem}` };
}

const userAndPassword = ({ user, password }: { readonly user?: string; readonly password: string }) => ({
  password,
  ...(user === undefined ? {} : { user }),
});

function declared(stored: Candidate): Declared[] {
  const parsed = connection.shape.spec.safeParse(stored.spec);
  return parsed.success ? [{ ...stored, spec: parsed.data }] : [];
}

/** The one that is named, or the only one there is. */
function choose(
  { connection: name, broker }: Wanted,
  all: readonly Declared[],
): Declared | { readonly problem: string } {
  const what = broker ?? "broker";
  const fitting = all.filter(({ spec }) => broker === undefined || spec.type === broker);
  if (name !== undefined) {
    return fitting.find((one) => one.name === name) ?? { problem: `no Connection '${name}' to a ${what} is declared` };
  }
  const [only, another] = fitting;
  if (only === undefined) return { problem: `no Connection to a ${what} is declared` };
  if (another === undefined) return only;
  return { problem: `several Connections to a ${what} are declared: name one with connection:` };
}
