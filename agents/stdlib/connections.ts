/** Names of `Connection` objects in the arguments of a contained name, made to what it connects with before its worker is asked. */
import type { CanonicalValue, ConnectionType } from "@polyglot/contracts";
import type { ControllerCalls, NamedConnection } from "./controller-calls.ts";
import { Refused } from "./given.ts";
import type { LibraryArguments } from "./library-function.ts";

interface Naming {
  /** The parameter that takes a URL or a name. */
  readonly parameter: string;
  readonly types: readonly ConnectionType[];
}

const databases = ["postgresql", "redis", "sqlite"] as const;

const namings: Readonly<Record<string, Naming>> = {
  "U.Database.Connect": { parameter: "url", types: databases },
  "U.Database.Query": { parameter: "db", types: databases },
  "U.Database.Execute": { parameter: "db", types: databases },
  "W.Database.PostgreSQL.Connection": { parameter: "url", types: ["postgresql"] },
  "W.Database.Redis.Connection": { parameter: "url", types: ["redis"] },
  "W.Database.SQLite.Connection": { parameter: "url", types: ["sqlite"] },
  "W.Network.Http.Client": { parameter: "base_url", types: ["http"] },
};

/** As names of objects are; a URL has a colon. */
const objectName = /^[a-zA-Z0-9][a-zA-Z0-9.-]{0,62}$/;

/** The name that the arguments hold; undefined where there is none to look up. */
export function connectionNameIn(name: string, given: LibraryArguments): string | undefined {
  const naming = Object.hasOwn(namings, name) ? namings[name] : undefined;
  const value = naming && given[naming.parameter];
  return typeof value === "string" && objectName.test(value) ? value : undefined;
}

/** The arguments with the URL in place of the name. Throws `Refused` where it cannot be had. */
export async function withConnection(
  name: string,
  given: LibraryArguments,
  wanted: string,
  controller: Pick<ControllerCalls, "getConnection">,
): Promise<LibraryArguments> {
  const naming = namings[name];
  if (naming === undefined) return given;
  const found = await controller.getConnection(wanted);
  if (!naming.types.some((type) => type === found.type)) {
    const types = naming.types.join(", ");
    throw new Refused(
      "ValidationError",
      `Connection '${wanted}' is of type ${found.type}, and '${name}' takes ${types}`,
    );
  }
  const replaced = { ...given, [naming.parameter]: connectionUrl(found) };
  return found.type === "http" ? { ...replaced, ...authorised(given, found) } : replaced;
}

/** With the credentials in it, but for HTTP, where a header has them. */
export function connectionUrl({ type, url, tlsEnabled, credentials }: NamedConnection): string {
  if (type === "sqlite") return url;
  const whole = new URL(encryption[type](url, tlsEnabled));
  if (type === "http" || credentials?.password === undefined) return whole.href;
  if (credentials.user !== undefined) whole.username = encodeURIComponent(credentials.user);
  whole.password = encodeURIComponent(credentials.password);
  return whole.href;
}

type Encrypt = (url: string, isEnabled: boolean | undefined) => string;

const byScheme =
  (plain: string, encrypted: string): Encrypt =>
  (url, isEnabled) =>
    isEnabled === undefined ? url : url.replace(/^\w+:/, isEnabled ? encrypted : plain);

const encryption = {
  postgresql: (url, isEnabled) => {
    if (isEnabled === undefined) return url;
    const whole = new URL(url);
    whole.searchParams.set("sslmode", isEnabled ? "verify-full" : "disable");
    return whole.href;
  },
  redis: byScheme("redis:", "rediss:"),
  http: byScheme("http:", "https:"),
} as const satisfies Record<Exclude<ConnectionType, "sqlite">, Encrypt>;

/** A header that the pipeline gives itself stays. */
function authorised(given: LibraryArguments, { url, credentials }: NamedConnection): LibraryArguments {
  const headers = given["headers"] ?? {};
  const isMap = typeof headers === "object" && headers !== null && !Array.isArray(headers);
  if (credentials === undefined || !isMap) return {};
  const own = headers as Readonly<Record<string, CanonicalValue>>;
  if (Object.keys(own).some((key) => key.toLowerCase() === "authorization")) return {};
  return { headers: { ...own, authorization: authorizationOf(url, credentials) } };
}

function authorizationOf(url: string, { user, password, token }: NonNullable<NamedConnection["credentials"]>): string {
  if (token !== undefined) return `Bearer ${token}`;
  const pair = `${user ?? decodeURIComponent(new URL(url).username)}:${password ?? ""}`;
  return `Basic ${Buffer.from(pair, "utf8").toString("base64")}`;
}
