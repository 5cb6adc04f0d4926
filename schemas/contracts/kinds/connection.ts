import { z } from "zod";
import { declaredKind } from "./metadata.ts";
import { namespaces } from "./namespaces.ts";
import { notYet } from "./open-fields.ts";
import { reference } from "./reference.ts";

/** Beginnings of the URLs of each type that something connects to. */
export const connectionSchemes = {
  postgresql: ["postgresql:", "postgres:"],
  redis: ["redis:", "rediss:"],
  sqlite: ["sqlite:"],
  http: ["http:", "https:"],
} as const satisfies Record<string, readonly string[]>;
export type ConnectionType = keyof typeof connectionSchemes;

/** Beginnings of the URLs of brokers that triggers take messages from. */
const brokerSchemes = {
  rabbitmq: ["amqp:", "amqps:"],
  kafka: ["kafka:", "kafkas:"],
  redis: connectionSchemes.redis,
} as const satisfies Record<string, readonly string[]>;
export type BrokerType = keyof typeof brokerSchemes;

export const isBrokerType = (type: unknown): type is BrokerType =>
  typeof type === "string" && Object.hasOwn(brokerSchemes, type);

export const isConnectionType = (type: unknown): type is ConnectionType =>
  typeof type === "string" && Object.hasOwn(connectionSchemes, type);

const encryption = z
  .strictObject({
    enabled: z.boolean().default(true).meta({
      description: "Whether the connection is encrypted and the server's certificate checked",
    }),
    caFrom: notYet(reference("Secret", "The certificates that are trusted; not acted on yet")).optional(),
    certificateFrom: notYet(reference("Secret", "The client's own certificate; not acted on yet")).optional(),
    keyFrom: notYet(reference("Secret", "The client's own key; not acted on yet")).optional(),
  })
  .meta({ description: "Encryption; as the URL says where it is absent" });

const connectionSpec = z
  .strictObject({
    type: notYet(
      z.enum(["rabbitmq", "kafka", "redis", "nats", "postgresql", "sqlite", "http"]),
      (value) => !isConnectionType(value) && !isBrokerType(value),
    ).meta({
      description:
        "What is there; steps use postgresql, redis, sqlite and http, triggers rabbitmq, kafka and redis; nats is not acted on yet",
    }),
    url: z
      .string()
      .min(1)
      // Files go into git, and git holds no secrets. The value is left out of the message for the same reason.
      .regex(/^(?!\w+:\/\/[^/@\s]*:[^/@\s]+@)/, "may not hold a password: give it with credentialsFrom")
      .meta({ description: "Where it is; no password" }),
    tls: encryption.optional(),
    credentialsFrom: reference(
      "Secret",
      "Its value is user:password, only the password where the URL names the user, or of type http a bearer token",
    ).optional(),
    namespaces: namespaces("Namespaces whose pipelines may use it, with those beneath them; default: all").optional(),
  })
  .superRefine((spec, context) => {
    const found = problemOf(spec);
    if (found !== undefined) context.addIssue({ code: "custom", path: [found.field], message: found.message });
  });
export type ConnectionSpec = z.infer<typeof connectionSpec>;

export const connection = declaredKind("Connection", connectionSpec).meta({
  id: "Connection",
  title: "A broker, database or server that pipelines use by name",
});

interface Fields {
  readonly type: string;
  readonly url: string;
  readonly tls?: unknown;
  readonly credentialsFrom?: unknown;
}

/** The first of what no type that something connects to can be used with. */
function problemOf({ type, url, tls, credentialsFrom }: Fields) {
  const schemes = schemesOf(type);
  if (schemes === undefined) return undefined;
  if (!schemes.some((scheme) => url.toLowerCase().startsWith(scheme))) {
    return { field: "url", message: `of type ${type} must begin with ${schemes.join(" or ")}` };
  }
  if (type !== "sqlite") return problemOfUrl(url, schemes);
  const field = tls !== undefined ? "tls" : credentialsFrom !== undefined ? "credentialsFrom" : undefined;
  return field && { field, message: "is nothing that a file of SQLite has: leave it out" };
}

function schemesOf(type: string): readonly string[] | undefined {
  if (isConnectionType(type)) return connectionSchemes[type];
  return isBrokerType(type) ? brokerSchemes[type] : undefined;
}

const holdsPassword = /^\w+:\/\/[^/@\s]*:[^/@\s]+@/;

/** PostgreSQL takes user and password as parameters, too. */
function problemOfUrl(url: string, [scheme]: readonly string[]) {
  if (!URL.canParse(url)) return { field: "url", message: `must be a whole URL such as ${scheme}//host` };
  // Said already by the pattern of the field.
  if (holdsPassword.test(url)) return undefined;
  const { password, searchParams } = new URL(url);
  const parameter = ["password", "user"].find((name) => searchParams.has(name));
  if (parameter !== undefined) return { field: "url", message: `may not hold the parameter '${parameter}'` };
  return password === ""
    ? undefined
    : { field: "url", message: "may not hold a password: give it with credentialsFrom" };
}
