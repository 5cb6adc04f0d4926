/** Kept connections over HTTP, to allowed addresses only, and what `|W.HttpClient` says of each request. */
import { Agent, buildConnector } from "undici";
import { Refused } from "../given.ts";
import { AddressPolicy } from "@polyglot/service/address-policy";
import type { ContainedSettings } from "./contained-function.ts";
import { checkHost, guardedLookup } from "@polyglot/service/guarded-socket";
import { httpLimits } from "./http-limits.ts";

export interface HttpClient {
  readonly agent: Agent;
  readonly baseUrl: URL | undefined;
  /** Sent with each request, but to another origin than `baseUrl`'s where there is one. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

export function createAgent({ allowNetworks }: ContainedSettings): Agent {
  return new Agent({
    connect: guardedConnector(new AddressPolicy(allowNetworks)),
    connections: httpLimits.connectionsPerOrigin,
    keepAliveTimeout: httpLimits.keepAliveMs,
    maxHeaderSize: httpLimits.maxHeaderBytes,
    // A call's own time counts the headers and the body too.
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
  });
}

function guardedConnector(policy: AddressPolicy): buildConnector.connector {
  const timeout = httpLimits.connectTimeoutMs;
  const connect = buildConnector({ timeout, allowH2: false, lookup: guardedLookup(policy) });
  return (options, answer) => {
    try {
      checkHost(options.hostname, policy);
    } catch (error) {
      return answer(error as Error, null);
    }
    return connect(options, answer);
  };
}

const shared = new WeakMap<ContainedSettings, HttpClient>();

/** What calls without a client of their own go through: one in each process. */
export function sharedClient(settings: ContainedSettings): HttpClient {
  const client = shared.get(settings) ?? { agent: createAgent(settings), baseUrl: undefined, headers: {} };
  shared.set(settings, client);
  return client;
}

export interface Target {
  /** Without credentials. */
  readonly url: URL;
  /** The client's headers, and the credentials that stood in the URL. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A whole URL, or with a client that has a base URL what is put behind that, whether it begins with `/` or not. */
export function targetOf(text: string, { baseUrl, headers }: HttpClient): Target {
  const url = urlOf(text, baseUrl);
  const credentials = takeCredentials(url);
  const isOwn = baseUrl === undefined || url.origin === baseUrl.origin;
  return { url, headers: { ...(isOwn ? headers : {}), ...credentials } };
}

function urlOf(text: string, base: URL | undefined): URL {
  if (base === undefined || /^[a-z][a-z0-9+.-]*:/i.test(text)) return parseHttpUrl(text, "url");
  const [, path = "", search = ""] = /^([^?#]*)(\?[^#]*)?/.exec(text) ?? [];
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/$/, "")}/${path.replace(/^\/+/, "")}`;
  url.search = search;
  return url;
}

/** The text itself is not repeated: it may hold a password. */
export function parseHttpUrl(text: string, name: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined)
    throw new Refused("ValidationError", `'${name}' is to be a whole URL like https://example.org/path`);
  if (url.protocol === "http:" || url.protocol === "https:") return url;
  throw new Refused("ValidationError", `'${name}' is to be an http or https URL, and its scheme is '${url.protocol}'`);
}

/** `https://user:password@host`: as browsers and curl send it. */
function takeCredentials(url: URL): Readonly<Record<string, string>> {
  const { username, password } = url;
  if (username === "" && password === "") return {};
  url.username = "";
  url.password = "";
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}
