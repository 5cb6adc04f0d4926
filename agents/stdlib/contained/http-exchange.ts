/**
 * One call over HTTP: the request, the redirects it meets, and the response's body within a limit. Redirects are followed
 * here rather than by the client library, because what a caller's headers may be told to another origin depends on where
 * they came from.
 */
import { pipeline } from "node:stream/promises";
import { type Readable, type Transform, Writable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import { type Dispatcher, request } from "undici";
import { Refused } from "../given.ts";
import type { Body } from "./http-body.ts";
import { httpLimits } from "./http-limits.ts";

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent to the first origin only. */
  readonly ownHeaders: Readonly<Record<string, string>>;
  readonly body: Body | undefined;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly bytes: Buffer;
}

export interface HttpSurroundings {
  readonly dispatcher: Dispatcher;
  readonly signal: AbortSignal;
  readonly maxBytes: number;
}

/** The schemes and credentials of a URL are checked by whoever makes one. */
export async function exchange(first: HttpRequest, surroundings: HttpSurroundings): Promise<HttpResponse> {
  let current = first;
  for (let redirects = 0; redirects <= httpLimits.maxRedirects; redirects++) {
    const response = await send(current, surroundings);
    const next = redirectOf(current, response.statusCode, response.headers.location);
    if (next === undefined) return await read(response, current, surroundings);
    await response.body.dump();
    current = next;
  }
  const message = `${placeOf(first.url)} led to more than ${httpLimits.maxRedirects} redirects, the last to ${placeOf(current.url)}`;
  throw new Refused("NetworkError", message);
}

/** A URL for people: what may be secret, user and query, is left out. */
export const placeOf = (url: URL): string => `${url.origin}${url.pathname}`;

function send({ method, url, headers, ownHeaders, body }: HttpRequest, surroundings: HttpSurroundings) {
  const { dispatcher, signal } = surroundings;
  const type = body === undefined ? {} : { "content-type": body.type };
  return request(url, {
    dispatcher,
    signal,
    method,
    headers: {
      "accept-encoding": "gzip, deflate, br, zstd",
      "user-agent": "polyglot",
      ...type,
      ...ownHeaders,
      ...headers,
    },
    body: body?.bytes ?? null,
  });
}

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Nobody else is told who the caller is. */
const personal: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization", "host"]);

/** Undefined where the response is the answer. A redirect to another method drops the body, as browsers do it. */
function redirectOf(
  from: HttpRequest,
  status: number,
  location: string | string[] | undefined,
): HttpRequest | undefined {
  if (!redirectStatuses.has(status) || typeof location !== "string") return undefined;
  const url = targetOf(location, from.url);
  const kept = url.origin === from.url.origin ? from : { ...from, ...toStranger(from) };
  const becomesGet = status === 303 ? from.method !== "HEAD" : status < 303 && from.method === "POST";
  if (!becomesGet) return { ...kept, url };
  return { ...kept, url, method: "GET", body: undefined, headers: without(kept.headers, isOfBody) };
}

function targetOf(location: string, base: URL): URL {
  const url = URL.canParse(location, base.href) ? new URL(location, base.href) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new Refused("NetworkError", `${placeOf(base)} redirects to what is no http or https URL`);
}

const toStranger = ({ headers }: HttpRequest) => ({
  ownHeaders: {},
  headers: without(headers, (name) => personal.has(name)),
});

const isOfBody = (name: string): boolean => name.startsWith("content-");

const without = (headers: Readonly<Record<string, string>>, leaveOut: (name: string) => boolean) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !leaveOut(name)));

async function read(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  { method, url }: HttpRequest,
  { maxBytes, signal }: HttpSurroundings,
): Promise<HttpResponse> {
  const codings = method === "HEAD" ? [] : codingsOf(headers["content-encoding"]);
  const bytes = await collect(body, codings.map(decoderOf), signal, new BoundedSink(maxBytes, placeOf(url)));
  return { status: statusCode, headers: lowerCase(headers), bytes };
}

/** Innermost last, as they were put on; taken off from the last. */
function codingsOf(header: string | string[] | undefined): string[] {
  const codings = [header ?? []].flat().join(",").toLowerCase().split(",");
  const named = codings.map((coding) => coding.trim()).filter((coding) => coding !== "" && coding !== "identity");
  if (named.length <= httpLimits.maxCodings) return named.reverse();
  throw new Refused(
    "NetworkError",
    `the response is wrapped in ${named.length} codings, at most ${httpLimits.maxCodings} are taken off`,
  );
}

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

function decoderOf(coding: string): Transform {
  const create = Object.hasOwn(decoders, coding) ? decoders[coding] : undefined;
  if (create === undefined)
    throw new Refused(
      "NetworkError",
      `the response's coding '${coding}' is not known; known are ${Object.keys(decoders).join(", ")}`,
    );
  return create();
}

async function collect(body: Readable, steps: readonly Transform[], signal: AbortSignal, sink: BoundedSink) {
  await pipeline([body, ...steps, sink], { signal });
  return sink.bytes;
}

/** Counts after decoding, so that a small response that unfolds into a huge one ends at the same limit. */
class BoundedSink extends Writable {
  readonly #chunks: Buffer[] = [];
  readonly #maxBytes: number;
  readonly #place: string;
  #size = 0;

  constructor(maxBytes: number, place: string) {
    super();
    this.#maxBytes = maxBytes;
    this.#place = place;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size <= this.#maxBytes) return done();
    return done(new Refused("ResourceError", `the response of ${this.#place} is larger than ${this.#maxBytes} bytes`));
  }
}

const lowerCase = (headers: Readonly<Record<string, string | string[] | undefined>>) =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), value] as const],
    ),
  );
