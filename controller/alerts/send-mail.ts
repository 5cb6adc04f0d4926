/** A mail over SMTP, on a connection to an address that was judged. TLS as the server offers it; with a password always. */
import { once } from "node:events";
import type { NotifierSpec } from "@polyglot/contracts";
import type { AddressPolicy } from "@polyglot/service/address-policy";
import { GuardedSocket } from "@polyglot/service/guarded-socket";
import { createTransport } from "nodemailer";
import { headlineOf, type Notification } from "./notification.ts";

const limits = { connectMs: 10_000, socketMs: 20_000 } as const;

/** TLS from the first byte on. */
const securePort = 465;
const defaultPort = 25;

type Email = NonNullable<NotifierSpec["email"]>;

/** `credentials`: `user:password`. */
export async function sendMail(
  { server, from, to }: Email,
  credentials: string | undefined,
  policy: AddressPolicy,
  notification: Notification,
): Promise<void> {
  const { host, port } = parseServer(server);
  const connection = new GuardedSocket(policy).connectTo(port, host);
  connection.setTimeout(limits.connectMs, () => connection.destroy(new Error(`${server} does not answer`)));
  await once(connection, "connect");
  connection.setTimeout(0);
  const transport = createTransport({
    ...{ host, port, connection, secure: port === securePort, requireTLS: credentials !== undefined },
    ...(credentials === undefined ? {} : { auth: authOf(credentials) }),
    ...{
      greetingTimeout: limits.connectMs,
      socketTimeout: limits.socketMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    },
  });
  try {
    await transport.sendMail({
      ...{ from, to, subject: headlineOf(notification), text: textOf(notification) },
      // The same when it is sent again: mail programs show it once.
      messageId: `<${notification.id}@polyglot>`,
      date: notification.at,
    });
  } finally {
    transport.close();
    connection.destroy();
  }
}

function textOf({ message, alert, subject, severity, state, at }: Notification): string {
  const fields = [
    ["alert", alert],
    ["about", subject],
    ["state", state],
    ["severity", severity],
    ["at", at],
  ] as const;
  const lines = fields.filter(([, value]) => value !== "").map(([name, value]) => `${name}: ${value}`);
  return `${message}\n\n${lines.join("\n")}\n`;
}

function parseServer(server: string): { readonly host: string; readonly port: number } {
  const [, host = server, port] = /^(.+?)(?::(\d{1,5}))?$/.exec(server) ?? [];
  return { host, port: port === undefined ? defaultPort : Number(port) };
}

function authOf(credentials: string): { readonly user: string; readonly pass: string } {
  const colon = credentials.indexOf(":");
  return { user: credentials.slice(0, Math.max(colon, 0)), pass: credentials.slice(colon + 1) };
}
