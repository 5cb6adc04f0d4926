/** `|U.Network.` and `|W.Network.Http.Client`. */
import type { CanonicalValue } from "@polyglot/contracts";
import { type Given, Refused } from "../given.ts";
import { textOfValue } from "../text-of-value.ts";
import { contained, type ContainedContext, type ContainedFunction } from "./contained-function.ts";
import { bodyOf, valueOfBody } from "./http-body.ts";
import type { HttpClient } from "./http-client.ts";
import type { HttpResponse } from "./http-exchange.ts";
import { httpLimits } from "./http-limits.ts";
import { millisecondsIn } from "./milliseconds-in.ts";
import { problemOfNetwork } from "./network-problem.ts";

type Call = Given<ContainedContext>;

async function send(method: string, call: Call): Promise<CanonicalValue[]> {
  const { sharedClient, targetOf } = await import("./http-client.ts");
  const { settings, resources } = call.context;
  const client = call.has("client")
    ? resources.take<HttpClient>(call.any("client"), "HTTP client")
    : sharedClient(settings);
  const target = targetOf(call.text("url"), client);
  const request = {
    method,
    url: target.url,
    ownHeaders: target.headers,
    headers: call.has("headers") ? headersOf(call) : {},
    body: call.has("body") ? bodyOf(call.any("body")) : undefined,
  };
  return resultsOf(await within(call, request, client));
}

async function within(
  call: Call,
  request: Parameters<typeof import("./http-exchange.ts").exchange>[0],
  { agent }: HttpClient,
): Promise<HttpResponse> {
  const { exchange, placeOf } = await import("./http-exchange.ts");
  const { signal, settings } = call.context;
  const timeoutMs = call.has("timeout") ? millisecondsIn(call, "timeout") : httpLimits.timeoutMs;
  const time = AbortSignal.timeout(timeoutMs);
  const what = `${request.method} ${placeOf(request.url)}`;
  try {
    const maxBytes = settings.limits.maxValueBytes;
    return await exchange(request, { dispatcher: agent, signal: AbortSignal.any([signal, time]), maxBytes });
  } catch (error) {
    if (time.aborted && !signal.aborted)
      throw new Refused("TimeoutError", `${what}: no whole answer within ${timeoutMs / 1000} s`);
    throw problemOfNetwork(error, what) ?? error;
  }
}

const resultsOf = ({ status, bytes, headers }: HttpResponse): CanonicalValue[] => {
  const [type] = [headers["content-type"]].flat();
  return [status, valueOfBody(bytes, type), headers];
};

function headersOf(call: Call): Record<string, string> {
  return Object.fromEntries(
    Object.entries(call.map("headers")).map(([name, value]) => [name.toLowerCase(), headerText(name, value)]),
  );
}

function headerText(name: string, value: CanonicalValue): string {
  const text = textOfValue(value);
  if (text.kind === "text" && (value === null || typeof value !== "object")) return text.text;
  throw new Refused("ConversionError", `the header '${name}' is to be a text or a number`);
}

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

function methodOf(call: Call): string {
  const method = call.text("method").toUpperCase();
  if (methods.includes(method)) return method;
  throw new Refused("ValidationError", `'method' is one of ${methods.join(", ")}, got '${method.slice(0, 20)}'`);
}

async function openClient(call: Call): Promise<CanonicalValue[]> {
  const { createAgent, parseHttpUrl } = await import("./http-client.ts");
  const baseUrl = call.has("base_url") ? parseHttpUrl(call.text("base_url"), "base_url") : undefined;
  const headers = call.has("headers") ? headersOf(call) : {};
  const agent = createAgent(call.context.settings);
  const client: HttpClient = { agent, baseUrl, headers };
  return [call.context.resources.add("HTTP client", client, () => agent.destroy(), baseUrl?.origin ?? "HTTP")];
}

export const http: Readonly<Record<string, ContainedFunction>> = {
  "U.Network.HttpGet": contained("url, headers, timeout, client", (call) => send("GET", call)),
  "U.Network.HttpPost": contained("url, body, headers, timeout, client", (call) => send("POST", call)),
  "U.Network.HttpRequest": contained("method, url, body, headers, timeout, client", (call) =>
    send(methodOf(call), call),
  ),
  "W.Network.Http.Client": contained("base_url, headers", openClient),
};
