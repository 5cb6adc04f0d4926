/** What `|T.Http` and `|T.Webhook` lines ask of the trigger API: read the same by the compiler and by the controller. */
import { type ArgumentFault, faultless, FaultyArgument, type WrittenArguments } from "./faulty-argument.ts";
import { type CanonicalValue, tagOf } from "./values.ts";

const names = { "T.Network.HttpRequest": "http", "T.Network.WebhookReceived": "webhook" } as const;
const methods = ["POST", "GET", "PUT", "PATCH", "DELETE"] as const;
const auths = ["token", "bearer", "basic", "hmac", "mtls"] as const;
export const webhookProviders = ["hmac", "github", "gitlab", "slack", "standard-webhooks", "stripe"] as const;

export type EndpointAuth = (typeof auths)[number];
export type WebhookProviderName = (typeof webhookProviders)[number];

const limits = {
  pathCharacters: 200,
  /** The longest that an answer waits for the end of its execution. */
  waitMs: 60_000,
  rateCount: 1_000_000,
} as const;

/** What a caller waits where the line says only `wait: True`. */
const defaultWaitMs = 30_000;

export interface Rate {
  readonly count: number;
  readonly periodMs: number;
}

/** A fixed word of a path, or a name that takes any word. */
export type PathPart = { readonly word: string } | { readonly parameter: string };

interface Common {
  /** As it stands below `/t` or `/hooks`, with its slash. */
  readonly path: string;
  readonly parts: readonly PathPart[];
  /** Names of the secrets that count now: the new one, and during a rotation the one before. */
  readonly secrets: readonly string[];
  readonly rate?: Rate;
}

export interface HttpEndpoint extends Common {
  readonly kind: "http";
  readonly method: string;
  readonly auth: EndpointAuth;
  readonly schema?: CanonicalValue;
  /** How long an answer waits for the outcome; absent: it does not. */
  readonly waitMs?: number;
}

export interface WebhookEndpoint extends Common {
  readonly kind: "webhook";
  readonly provider: WebhookProviderName;
  /** Events that activate; absent: all. */
  readonly events?: readonly string[];
}

export type Endpoint = HttpEndpoint | WebhookEndpoint;

export const isEndpoint = (name: string): name is keyof typeof names => Object.hasOwn(names, name);

/** The endpoint, or the first argument that is not what it has to be. */
export function parseEndpoint(
  name: keyof typeof names,
  given: WrittenArguments,
): { readonly value: Endpoint } | { readonly fault: ArgumentFault } {
  return faultless(() => (names[name] === "http" ? parseHttp(given) : parseWebhook(given)));
}

/** What stands before every path already. */
const roots = { http: "t", webhook: "hooks" } as const;

function parseHttp(given: WrittenArguments): HttpEndpoint {
  const auth = wordOf(given, "auth", auths, "token");
  const { schema } = given;
  if (schema !== undefined && (schema === null || typeof schema !== "object" || Array.isArray(schema))) {
    throw new FaultyArgument("schema", "a JSON Schema as a map", schema);
  }
  const waitMs = waitOf(given["wait"]);
  return {
    kind: "http",
    method: wordOf(given, "method", methods, "POST"),
    auth,
    ...commonOf("http", given, auth !== "token"),
    ...(schema === undefined ? {} : { schema }),
    ...(waitMs === undefined ? {} : { waitMs }),
  };
}

function parseWebhook(given: WrittenArguments): WebhookEndpoint {
  const { events } = given;
  if (events !== undefined && !(Array.isArray(events) && events.every((one) => typeof one === "string"))) {
    throw new FaultyArgument("events", "a list of names of events", events);
  }
  return {
    kind: "webhook",
    provider: wordOf(given, "provider", webhookProviders, "hmac"),
    ...commonOf("webhook", given, true),
    ...(events === undefined ? {} : { events }),
  };
}

function commonOf(kind: keyof typeof roots, given: WrittenArguments, takesSecret: boolean): Common {
  const { path, parts } = pathOf(given["path"]);
  const [first] = path.slice(1).split("/");
  if (first === roots[kind]) throw new FaultyArgument("path", `a path below /${first}, without it`, path);
  const rate = rateOf(given["rate"]);
  return { path, parts, secrets: secretsOf(given, takesSecret), ...(rate === undefined ? {} : { rate }) };
}

function wordOf<Word extends string>(
  given: WrittenArguments,
  argument: string,
  words: readonly Word[],
  byDefault: Word,
): Word {
  const value = given[argument];
  if (value === undefined) return byDefault;
  const word = words.find((known) => known === value);
  if (word === undefined) throw new FaultyArgument(argument, `one of ${words.join(", ")}`, value);
  return word;
}

/** What every request has besides the names of its path. */
const fields = ["body", "headers", "query", "params", "method", "remote_address", "timestamp"];
const wordPattern = /^[\w.~-]+$/;
const parameterPattern = /^:[A-Za-z]\w*$/;
const pathForm = "a path such as /orders/:id of letters, digits, . _ ~ - and names with a colon";

function pathOf(value: CanonicalValue | undefined): Pick<Common, "path" | "parts"> {
  if (typeof value !== "string" || value.length > limits.pathCharacters)
    throw new FaultyArgument("path", pathForm, value);
  const words = value.replace(/^\//, "").split("/");
  const parts = words.map((word): PathPart => {
    if (parameterPattern.test(word)) return { parameter: word.slice(1) };
    if (!wordPattern.test(word) || /^\.+$/.test(word)) throw new FaultyArgument("path", pathForm, value);
    return { word };
  });
  const parameters: string[] = parts.flatMap((part) => ("parameter" in part ? [part.parameter] : []));
  if (new Set(parameters).size < parameters.length) throw new FaultyArgument("path", "each name once", value);
  if (parameters.some((name) => fields.includes(name)))
    throw new FaultyArgument("path", `names other than ${fields.join(", ")}`, value);
  if (words.join("/") === "openapi.json")
    throw new FaultyArgument("path", "another path: that one describes all", value);
  return { path: `/${words.join("/")}`, parts };
}

function secretsOf(given: WrittenArguments, isRequired: boolean): string[] {
  const { secret, previous_secret: previous } = given;
  if (secret === undefined && !isRequired && previous === undefined) return [];
  if (!isRequired)
    throw new FaultyArgument(secret === undefined ? "previous_secret" : "secret", "no secret for this auth", secret);
  if (typeof secret !== "string") throw new FaultyArgument("secret", "the name of a Secret", secret);
  if (previous === undefined) return [secret];
  if (typeof previous !== "string") throw new FaultyArgument("previous_secret", "the name of a Secret", previous);
  return [secret, previous];
}

const periods: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

function rateOf(value: CanonicalValue | undefined): Rate | undefined {
  if (value === undefined) return undefined;
  const match = typeof value === "string" ? /^([1-9]\d{0,6})\/([smh])$/.exec(value) : null;
  const count = Number(match?.[1]);
  if (match === null || count > limits.rateCount)
    throw new FaultyArgument("rate", "a rate such as 100/s, 60/m or 1000/h", value);
  return { count, periodMs: periods[match[2] ?? ""] ?? 0 };
}

function waitOf(value: CanonicalValue | undefined): number | undefined {
  if (value === undefined || value === false) return undefined;
  if (value === true) return defaultWaitMs;
  const isDuration = tagOf(value) === "$duration";
  const { months, seconds } = isDuration ? (value as unknown as DurationValue).$duration : { months: 1, seconds: 0 };
  if (months === 0 && seconds > 0 && seconds * 1_000 <= limits.waitMs) return seconds * 1_000;
  throw new FaultyArgument("wait", `True, or a duration of at most ${limits.waitMs / 1_000} seconds`, value);
}

interface DurationValue {
  readonly $duration: { readonly months: number; readonly seconds: number };
}
