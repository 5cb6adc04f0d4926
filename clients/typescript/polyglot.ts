/**
 * Starts pipelines of Polyglot from a program and waits for what comes out. This file alone, without dependencies.
 *
 *     import { connect } from "./polyglot.ts";
 *
 *     const polyglot = await connect();
 *     const { outputs } = await polyglot.run("Shout", { text: "hello" });
 *
 * `connect()` finds the controller as the command line does: `POLYGLOT_URL` with `POLYGLOT_TOKEN` and `POLYGLOT_CA` (a
 * file), or else the nearest `.polyglot/endpoint.json` upward, which `polyglot up` writes. `new Client({ url, token })`
 * names one, and runs wherever `fetch` does; an authority of one's own (`ca`) needs Node.js 20 or newer, whose `fetch`
 * knows no authority for one request alone.
 *
 * | value | here |
 * |---|---|
 * | None, bool, text, list, map | `null`, boolean, string, array, object; `Map` where a key is no text |
 * | int | number; `bigint` beyond 2^53-1 |
 * | float | number; `Float` to say that an integral number is one |
 * | bytes, datetime | `Uint8Array`, `Date` (milliseconds; finer parts are cut) |
 * | duration, enum member, range, handle | `Tagged` |
 */

const limits = {
  /** How long an answer may take, beyond the time that the call itself waits for something. */
  callMs: 30_000,
  /** How long one request waits for an end before it is asked again; the API's own limit is 60. */
  waitSeconds: 30,
  /** How long a controller may be away, as while it restarts, before a call gives up. */
  awayMs: 15_000,
  /** Between two tries: at first, and at most. */
  firstPauseMs: 50,
  longestPauseMs: 1_000,
  /** Size of an answer, or of one batch of log lines. */
  answerBytes: 64 * 1024 * 1024,
} as const;

export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Date
  | Float
  | Tagged
  | readonly Value[]
  | ReadonlyMap<Value, Value>
  | { readonly [key: string]: Value };

/** A number that is a float whatever its value: `new Float(1)` is not the int `1`. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** A value that JavaScript has no type for, as it travels: `new Tagged("$enum", "io.example#Colour.Red")`. */
export class Tagged {
  readonly tag: string;
  readonly value: unknown;

  constructor(tag: string, value: unknown) {
    this.tag = tag;
    this.value = value;
  }
}

/** What a step raised: `py\!ValueError` and the like. `trace` is the stack in the user's own files. */
export interface StepError {
  readonly type: string;
  readonly message: string;
  readonly trace: string;
  readonly step: string;
}

/** Where an execution stands. `outputs` is empty until it has succeeded. */
export interface Result {
  readonly executionId: string;
  readonly state: string;
  readonly outputs: Readonly<Record<string, Value>>;
  readonly error?: StepError;
}

export interface LogLine {
  readonly at: Date;
  readonly level: string;
  readonly step: string;
  readonly text: string;
  readonly attempt: number;
}

/** Whatever this module throws about a controller or an execution. */
export class PolyglotError extends Error {
  override readonly name: string = "PolyglotError";
}

/** Nobody answered, or somebody whose certificate is not trusted. */
export class Unreachable extends PolyglotError {
  override readonly name: string = "Unreachable";
}

/** Nobody is there now: worth another try. */
class Away extends Unreachable {}

/** The controller refused: `code` is one of docs/errors.md, such as `input/type`; `field` what it is about. */
export class ApiError extends PolyglotError {
  override readonly name = "ApiError";
  readonly code: string;
  readonly field: string;

  constructor(code: string, message: string, field = "") {
    super(`${message} [${code}]`);
    this.code = code;
    this.field = field;
  }
}

/** An execution ended otherwise than well. `type`, `reason` and `trace` are those of what a step raised. */
export class ExecutionFailed extends PolyglotError {
  override readonly name = "ExecutionFailed";
  readonly result: Result;
  readonly type: string;
  readonly reason: string;
  readonly trace: string;

  constructor(result: Result) {
    const { executionId, state, error } = result;
    const why = error === undefined ? "" : `: ${error.type}: ${error.message}`;
    super(`execution ${executionId} ended as ${state}${why}`);
    this.result = result;
    this.type = error?.type ?? "";
    this.reason = error?.message ?? "";
    this.trace = error?.trace ?? "";
  }
}

/** The time is over and the execution is not: it goes on, and `wait(error.result.executionId)` waits again. */
export class WaitTimeout extends PolyglotError {
  override readonly name = "WaitTimeout";
  readonly result: Result;

  constructor(result: Result, timeoutMs: number) {
    super(`execution ${result.executionId} is ${result.state} after ${timeoutMs} ms of waiting; it goes on`);
    this.result = result;
  }
}

export interface WaitOptions {
  /** Milliseconds to wait; `WaitTimeout` after them, while the execution goes on. Default: without end. */
  readonly timeoutMs?: number;
  /** Throw `ExecutionFailed` where the outcome is not `succeeded`. Default: true. */
  readonly check?: boolean;
}

export interface StartOptions {
  /** The same key starts one execution, however often it is given; without one, each call starts one. */
  readonly idempotencyKey?: string;
}

export interface RunOptions extends StartOptions, WaitOptions {
  /** Default: true. False answers as soon as the start is committed. */
  readonly wait?: boolean;
}

export interface ClientOptions {
  readonly url: string;
  readonly token: string;
  /** PEM of the authority that signed the controller's certificate; default: those of the system. */
  readonly ca?: string;
}

const outcomes: ReadonlySet<string> = new Set(["succeeded", "failed", "killed", "dead_lettered", "cancelled"]);

/** Calls one controller. */
export class Client {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    if (!URL.canParse(options.url) || new URL(options.url).protocol !== "https:") {
      throw new TypeError(`the controller's URL begins with https://, got '${options.url}'`);
    }
    this.#options = options;
  }

  /** Starts a pipeline, by full id or by a name that only one has, and waits until it has ended. */
  async run(pipeline: string, inputs: Readonly<Record<string, Value>> = {}, options: RunOptions = {}): Promise<Result> {
    const executionId = await this.start(pipeline, inputs, options);
    return options.wait === false ? this.get(executionId) : this.wait(executionId, options);
  }

  /** Answers the execution's id once its start is committed. A connection that breaks is tried again, and starts once. */
  async start(
    pipeline: string,
    inputs: Readonly<Record<string, Value>> = {},
    { idempotencyKey }: StartOptions = {},
  ): Promise<string> {
    const answer = await this.#call<{ execution_id: string }>("Run", {
      pipeline_id: pipeline,
      inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, encode(value)])),
      idempotency_key: idempotencyKey ?? `client-${crypto.randomUUID()}`,
    });
    return answer.execution_id;
  }

  /** Where it stands now. */
  async get(executionId: string): Promise<Result> {
    return toResult(await this.#call<Execution>("GetExecution", { execution_id: executionId }));
  }

  /** Answers when the execution has ended. */
  async wait(executionId: string, { timeoutMs, check = true }: WaitOptions = {}): Promise<Result> {
    const deadline = timeoutMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs;
    for (;;) {
      const seconds = Math.min(limits.waitSeconds, Math.max(0, (deadline - performance.now()) / 1000));
      const request = { execution_id: executionId, timeout_seconds: seconds };
      const execution = await this.#call<Execution>(
        "WaitExecution",
        request,
        limits.callMs + Math.ceil(seconds * 1000),
      );
      const result = toResult(execution);
      if (outcomes.has(result.state)) {
        if (check && result.state !== "succeeded") throw new ExecutionFailed(result);
        return result;
      }
      if (performance.now() >= deadline) throw new WaitTimeout(result, timeoutMs ?? 0);
    }
  }

  /** Ends an execution; its cleanup runs unless `kill`. Answers its state then; `wait` tells when it has ended. */
  async cancel(executionId: string, { kill = false }: { readonly kill?: boolean } = {}): Promise<string> {
    return (await this.#call<{ state: string }>("CancelExecution", { execution_id: executionId, kill })).state;
  }

  /** The lines so far; with `follow` also those to come, until the execution ends. `step`: only of that step. */
  async *logs(
    executionId: string,
    { follow = false, step = "" }: { readonly follow?: boolean; readonly step?: string } = {},
  ): AsyncGenerator<LogLine> {
    const body = envelope(JSON.stringify({ execution_id: executionId, follow, step }));
    const ended = new AbortController();
    try {
      const answer = await this.#send("ReadLogs", "connect+json", body, ended.signal);
      if (answer.status !== 200) throw toRefusal(answer.status, await readAll(answer.body));
      for await (const { isLast, message } of envelopes(answer.body)) {
        if (isLast && message.error !== undefined) throw toError(message.error);
        for (const line of message.lines ?? []) yield toLogLine(line);
      }
    } finally {
      ended.abort();
    }
  }

  /** Every method that is called so may be sent twice: a start carries a key. */
  async #call<Message>(method: string, request: object, timeoutMs: number = limits.callMs): Promise<Message> {
    const body = new TextEncoder().encode(JSON.stringify(request));
    return whileAway(async () => {
      const { status, body: parts } = await this.#send(method, "json", body, AbortSignal.timeout(timeoutMs));
      const text = await readAll(parts);
      if (status !== 200) throw toRefusal(status, text);
      return JSON.parse(text) as Message;
    });
  }

  async #send(method: string, form: string, body: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<Answer> {
    const { url, token, ca } = this.#options;
    const headers = {
      "content-type": `application/${form}`,
      "connect-protocol-version": "1",
      authorization: `Bearer ${token}`,
    };
    const target = `${url.replace(/\/$/, "")}/polyglot.v1.PolyglotService/${method}`;
    try {
      const send = ca === undefined ? overFetch : overHttps(ca);
      return await send(target, headers, body, signal);
    } catch (cause) {
      throw unreachable(url, cause);
    }
  }
}

/** The controller of `POLYGLOT_URL`, or of the nearest `.polyglot/endpoint.json` of `folder` and above. */
export async function connect(folder?: string): Promise<Client> {
  const process = await import("node:process");
  const { existsSync, readFileSync } = await import("node:fs");
  const path = await import("node:path");
  const url = process.env["POLYGLOT_URL"];
  if (url !== undefined) {
    const token = process.env["POLYGLOT_TOKEN"];
    if (token === undefined) throw new Unreachable(`${url} needs a token: set POLYGLOT_TOKEN`);
    const ca = process.env["POLYGLOT_CA"];
    return new Client({ url, token, ...(ca && { ca: readFileSync(ca, "utf8") }) });
  }
  const first = path.resolve(folder ?? process.cwd());
  for (let place = first; ; place = path.dirname(place)) {
    const file = path.join(place, ".polyglot", "endpoint.json");
    if (existsSync(file)) return new Client(JSON.parse(readFileSync(file, "utf8")) as ClientOptions);
    if (path.dirname(place) === place) break;
  }
  throw new Unreachable(
    `no controller is known: start 'polyglot up', or set POLYGLOT_URL (looked in ${first} and above)`,
  );
}

// ---- values ---------------------------------------------------------------------------------------------------------

/** The canonical form of a value, as JSON. */
export function encode(value: Value): unknown {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return encodeNumber(value);
  if (typeof value === "bigint") return encodeBigint(value);
  if (value instanceof Uint8Array) return { $bytes: toBase64(value) };
  if (value instanceof Date) return { $datetime: value.toISOString().replace(/\.?0*Z$/, "Z") };
  if (value instanceof Float)
    return Number.isInteger(value.value) ? taggedFloat(value.value) : encodeNumber(value.value);
  if (value instanceof Tagged) return { [value.tag]: value.value };
  if (isList(value)) return value.map(encode);
  const pairs: [Value, Value][] = value instanceof Map ? [...value] : Object.entries(value);
  if (pairs.every(([key]) => typeof key === "string" && !key.startsWith("$"))) {
    return Object.fromEntries(pairs.map(([key, item]) => [key, encode(item)]));
  }
  return { $map: pairs.map(([key, item]) => [encode(key), encode(item)]) };
}

/** The value of a canonical form. */
export function decode(value: unknown): Value {
  if (Array.isArray(value)) return value.map(decode);
  if (value === null || typeof value !== "object") return value as null | boolean | number | string;
  const entries = Object.entries(value);
  const [tag = "", inner] = entries[0] ?? [];
  if (entries.length !== 1 || !tag.startsWith("$")) {
    return Object.fromEntries(entries.map(([key, item]) => [key, decode(item)]));
  }
  return decoders[tag]?.(inner) ?? new Tagged(tag, inner);
}

const decoders: Readonly<Record<string, (inner: unknown) => Value>> = {
  $int: (digits) => BigInt(digits as string),
  $float: (text) => Number(text),
  $bytes: (text) => fromBase64(text as string),
  $datetime: (text) => new Date(text as string),
  $map: (pairs) => new Map((pairs as [unknown, unknown][]).map(([key, item]) => [decode(key), decode(item)])),
};

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** An integral number alone is an int; beyond what is exact it cannot be one. */
function encodeNumber(value: number): unknown {
  const isPlain = Number.isFinite(value) && !Object.is(value, -0);
  return isPlain && (Number.isSafeInteger(value) || !Number.isInteger(value)) ? value : taggedFloat(value);
}

const taggedFloat = (value: number): unknown => ({ $float: Object.is(value, -0) ? "-0" : String(value) });

const encodeBigint = (value: bigint): unknown =>
  Number.isSafeInteger(Number(value)) ? Number(value) : { $int: String(value) };

/** In slices: `String.fromCharCode` takes as many arguments as the stack holds. */
function toBase64(bytes: Uint8Array): string {
  const sliceBytes = 8_192;
  let text = "";
  for (let at = 0; at < bytes.length; at += sliceBytes) {
    text += String.fromCharCode(...bytes.subarray(at, at + sliceBytes));
  }
  return btoa(text);
}

const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

// ---- the API's own form ---------------------------------------------------------------------------------------------

interface Execution {
  readonly execution_id: string;
  readonly state: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly error?: Partial<StepError>;
}

interface WireLogLine {
  readonly at?: string;
  readonly level?: string;
  readonly node_id?: string;
  readonly text?: string;
  readonly attempt_no?: number;
}

interface WireError {
  readonly code?: string;
  readonly message?: string;
  readonly details?: readonly { readonly type?: string; readonly value?: string }[];
}

function toResult({ execution_id: executionId, state, outputs = {}, error }: Execution): Result {
  const decoded = Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, decode(value)]));
  return { executionId, state, outputs: decoded, ...(error && { error: toStepError(error) }) };
}

const toStepError = ({ type = "", message = "", trace = "", step = "" }: Partial<StepError>): StepError => ({
  type,
  message,
  trace,
  step,
});

const toLogLine = (line: WireLogLine): LogLine => ({
  at: new Date(line.at ?? 0),
  level: line.level ?? "",
  step: line.node_id ?? "",
  text: line.text ?? "",
  attempt: line.attempt_no ?? 0,
});

function toRefusal(status: number, text: string): PolyglotError {
  try {
    return toError(JSON.parse(text) as WireError);
  } catch {
    return new Away(`the controller answered ${status}: ${text.slice(0, 200).trim()}`);
  }
}

function toError({ code = "unknown", message = "", details = [] }: WireError): PolyglotError {
  const detail = details.find(({ type }) => type === "polyglot.v1.ApiError");
  const told = readStrings(fromBase64(detail?.value ?? ""));
  const isAway = code === "unavailable" || told.get(1) === "store/unavailable";
  const text = told.get(2) ?? message;
  return isAway ? new Away(text) : new ApiError(told.get(1) ?? code, text, told.get(3));
}

/** The fields of a protobuf message that holds strings alone. */
function readStrings(bytes: Uint8Array): Map<number, string> {
  const fields = new Map<number, string>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const field = varint() >> 3;
    const size = varint();
    fields.set(field, new TextDecoder().decode(bytes.subarray(at, at + size)));
    at += size;
  }
  return fields;
}

// ---- how bytes travel -----------------------------------------------------------------------------------------------

interface Answer {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
}

type Send = (
  url: string,
  headers: Record<string, string>,
  body: Uint8Array<ArrayBuffer>,
  signal: AbortSignal,
) => Promise<Answer>;

const overFetch: Send = async (url, headers, body, signal) => {
  const response = await fetch(url, { method: "POST", headers, body, signal });
  return { status: response.status, body: chunks(response) };
};

async function* chunks(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) yield part.value;
}

const overHttps =
  (ca: string): Send =>
  async (url, headers, body, signal) => {
    const { request } = await import("node:https");
    return new Promise((resolve, reject) => {
      const sent = request(url, { method: "POST", headers, ca, signal }, (response) =>
        resolve({ status: response.statusCode ?? 0, body: response }),
      );
      sent.on("error", reject);
      sent.end(body);
    });
  };

function unreachable(url: string, cause: unknown): Unreachable {
  const error = cause as Error & { readonly code?: string; readonly cause?: { readonly code?: string } };
  const code = error.code ?? error.cause?.code ?? error.name;
  if (code.includes("CERT") || code.includes("SELF_SIGNED") || code.includes("UNABLE_TO")) {
    return new Unreachable(`the certificate of ${url} is not trusted (${code}): give its authority`, { cause });
  }
  return new Away(`${url} cannot be reached (${code})`, { cause });
}

/** Tries again while the controller is away. */
async function whileAway<T>(once: () => Promise<T>): Promise<T> {
  const giveUp = performance.now() + limits.awayMs;
  for (let pause: number = limits.firstPauseMs; ; pause = Math.min(limits.longestPauseMs, pause * 2)) {
    try {
      return await once();
    } catch (error) {
      if (!(error instanceof Away) || performance.now() + pause > giveUp) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function readAll(parts: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of whole(parts)) {
    text += decoder.decode(part, { stream: true });
    if (text.length > limits.answerBytes) throw new PolyglotError(`an answer is at most ${limits.answerBytes} bytes`);
  }
  return text + decoder.decode();
}

/** A connection that breaks in the middle is a controller that is away. */
async function* whole(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* parts;
  } catch (cause) {
    throw new Away(`the connection broke: ${(cause as Error).message}`, { cause });
  }
}

/** Messages of a stream: a byte of flags, four of length, the message. */
function envelope(text: string): Uint8Array<ArrayBuffer> {
  const message = new TextEncoder().encode(text);
  const bytes = new Uint8Array(5 + message.length);
  new DataView(bytes.buffer).setUint32(1, message.length);
  bytes.set(message, 5);
  return bytes;
}

interface Envelope {
  readonly isLast: boolean;
  readonly message: { readonly lines?: readonly WireLogLine[]; readonly error?: WireError };
}

async function* envelopes(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Envelope> {
  let held: Uint8Array = new Uint8Array();
  for await (const part of whole(parts)) {
    held = joined(held, part);
    for (let size = sizeOf(held); held.length >= 5 + size; size = sizeOf(held)) {
      const text = new TextDecoder().decode(held.subarray(5, 5 + size));
      const isLast = ((held[0] ?? 0) & 2) !== 0;
      held = held.subarray(5 + size);
      yield { isLast, message: JSON.parse(text === "" ? "{}" : text) as Envelope["message"] };
      if (isLast) return;
    }
  }
  throw new Unreachable("the connection broke before the last line");
}

/** Of the message that begins there; without end where its head is not there yet. */
function sizeOf(bytes: Uint8Array): number {
  if (bytes.length < 5) return Number.POSITIVE_INFINITY;
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
  if (size <= limits.answerBytes) return size;
  throw new PolyglotError(`a batch of log lines is at most ${limits.answerBytes} bytes, got ${size}`);
}

function joined(before: Uint8Array, after: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(before.length + after.length);
  bytes.set(before);
  bytes.set(after, before.length);
  return bytes;
}
