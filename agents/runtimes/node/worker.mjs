/**
 * Runs functions of one bundle folder in one warm Node process. Node's own modules only, Node 18 or later.
 *
 * Frames on file descriptor 3 as in `worker.py`. Calls begin in the order in which they came. Those of one execution run
 * at once, as far as they await; a call of another execution begins when none of the one before is left, so that
 * ending this process ever concerns one execution only. `give-back.mjs` gives calls back that have not begun.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { openSync, writeSync } from "node:fs";
import { stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { Socket } from "node:net";
import { join, sep } from "node:path";
import { performance } from "node:perf_hooks";
import { pathToFileURL } from "node:url";
import { format } from "node:util";
import { Worker } from "node:worker_threads";
import { begun, claim, slots } from "./claims.mjs";
import { frame, readFrames } from "./frames.mjs";
import { leastItems, SharedMemory, typedArrays } from "./shared.mjs";

const channelDescriptor = 3;
const recallDescriptor = 4;
const maxLines = 10_000;
const maxLineCharacters = 16_384;
const maxDepth = 500;

/** User code may replace it. */
const exit = process.exit.bind(process);
/** In a Unicode pattern only half of a surrogate pair matches, never a whole one. */
const isText = (text) => !/\p{Surrogate}/u.test(text);

// ---- frames ---------------------------------------------------------------------------------------------------------

/** Written synchronously: a frame that was sent stays sent, also when the next line of user code ends the process. */
function send(...frames) {
  writeWhole(channelDescriptor, frames.length === 1 ? frames[0] : Buffer.concat(frames));
}

/** The descriptor belongs to a socket that libuv has set non-blocking, so a full one is tried again. */
function writeWhole(descriptor, bytes) {
  let data = bytes;
  while (data.length > 0) {
    try {
      data = data.subarray(writeSync(descriptor, data));
    } catch (error) {
      if (error.code === "EPIPE" || error.code === "ECONNRESET") exit(0);
      if (error.code !== "EAGAIN") throw error;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

const pause = new Int32Array(new SharedArrayBuffer(4));

// ---- values ---------------------------------------------------------------------------------------------------------

class ConversionError extends Error {
  /** `argument` is the place of the one that does not fit; undefined for a result. */
  constructor(message, path, argument) {
    super(message);
    this.path = path;
    this.argument = argument;
  }
}

const decoders = {
  $int: (text) => BigInt(text),
  $bigint: (text) => BigInt(text),
  $float: (text) => Number(text),
  /** A parameter that is left out between two that are not. */
  $undefined: () => undefined,
  $bytes: (text) => new Uint8Array(Buffer.from(text, "base64")),
  $datetime: (text) => new Date(text),
  $array: ([name, items]) => fitting(() => typedArrays[name](items.map((item) => decode(item)))),
  $shared: (reference) => fitting(() => shared.take(reference)),
  $map: (pairs) => {
    const entries = pairs.map(([key, value]) => [decode(key), decode(value)]);
    if (entries.every(([key]) => typeof key === "string")) return objectOf(entries);
    const map = new Map(entries);
    if (map.size === pairs.length) return map;
    throw new ConversionError("two keys of the map are the same to JavaScript", []);
  },
};

/** What an array's elements do not hold is a misfit of the value. */
function fitting(make) {
  try {
    return make();
  } catch (error) {
    throw error instanceof RangeError ? new ConversionError(error.message, []) : error;
  }
}

/** Of the call whose values are read or written: both happen in one go. */
let shared = new SharedMemory();

/** A value with tags, as the agent wrote it, into JavaScript's own. */
function decode(value) {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(decode);
  const entries = Object.entries(value);
  const decoder = entries.length === 1 && Object.hasOwn(decoders, entries[0][0]) ? decoders[entries[0][0]] : undefined;
  if (decoder !== undefined) return decoder(entries[0][1]);
  return objectOf(entries.map(([key, item]) => [key, decode(item)]));
}

function decodeArguments(values) {
  try {
    return values.map(decode);
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    for (const [argument, value] of values.entries()) findMisfit(value, [], argument);
    throw error;
  }
}

/** Throws for the innermost part of the value that cannot be read, with the path to it. */
function findMisfit(value, path, argument) {
  if (value === null || typeof value !== "object") return;
  const pairs = Array.isArray(value.$map) ? value.$map : Object.entries(value);
  for (const [key, item] of pairs) findMisfit(item, [...path, stepOf(key, value)], argument);
  try {
    decode(value);
  } catch (error) {
    throw new ConversionError(error.message, path, argument);
  }
}

function stepOf(key, container) {
  if (Array.isArray(container)) return Number(key);
  return typeof key === "string" ? key : JSON.stringify(key);
}

/** `__proto__` becomes an ordinary key, as in JSON. */
const objectOf = (entries) => Object.fromEntries(entries);

/** A result as JSON. What JSON says as it is takes one look at each element and no copy. */
function encode(value, root) {
  const part = Array.isArray(value) ? shared.giveArray(value) : undefined;
  if (part !== undefined) return JSON.stringify(part);
  if (!hasLongList(value) && isPlain(value, 0)) {
    const text = JSON.stringify(value);
    if (!text.includes('"$') && !text.includes("\\ud")) return text;
  }
  return JSON.stringify(canonical(value, [root]));
}

/** Columns: large lists of numbers right below the value. */
function hasLongList(value) {
  if (value === null || typeof value !== "object" || !isPlainObject(value)) return false;
  for (const key in value) {
    const column = value[key];
    if (Array.isArray(column) && column.length * (Array.isArray(column[0]) ? column[0].length : 1) >= leastItems)
      return true;
  }
  return false;
}

function isPlain(value, depth) {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return true;
  if (typeof value === "number") return isPlainNumber(value);
  return typeof value === "object" && depth < maxDepth && isPlainContainer(value, depth);
}

const isPlainNumber = (value) =>
  Number.isInteger(value) ? Number.isSafeInteger(value) && !Object.is(value, -0) : Number.isFinite(value);

function isPlainContainer(value, depth) {
  if (Array.isArray(value)) {
    for (const item of value) if (!isPlain(item, depth + 1)) return false;
    return true;
  }
  if (!isPlainObject(value)) return false;
  for (const key in value) if (!isPlain(value[key], depth + 1)) return false;
  return true;
}

function isPlainObject(value) {
  const prototype = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && typeof value.toJSON !== "function";
}

function canonical(value, path) {
  if (path.length > maxDepth) throw new ConversionError(`nested more than ${maxDepth} deep`, path);
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value;
  if (typeof value === "string") return canonicalText(value, path);
  if (typeof value === "number") return canonicalNumber(value);
  if (typeof value === "bigint") return canonicalBigint(value);
  if (typeof value === "object") return canonicalObject(value, path);
  throw new ConversionError(`a ${typeof value} has no converter`, path);
}

function canonicalText(value, path) {
  if (!isText(value)) throw new ConversionError("a text with half of a surrogate pair is no text", path);
  return value;
}

function canonicalNumber(value) {
  if (isPlainNumber(value)) return value;
  return { $float: Object.is(value, -0) ? "-0" : String(value) };
}

function canonicalBigint(value) {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : { $int: String(value) };
}

function canonicalObject(value, path) {
  if (Array.isArray(value)) return shared.giveArray(value) ?? canonicalList(value, path);
  if (value instanceof Set) return canonicalList(value, path);
  if (value instanceof Uint8Array) return shared.give("u1", value) ?? { $bytes: bufferOf(value).toString("base64") };
  if (value instanceof ArrayBuffer) return canonicalObject(new Uint8Array(value), path);
  if (value instanceof Float64Array || value instanceof Float32Array)
    return shared.giveTyped(value) ?? Array.from(value, canonicalFloat);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return shared.giveTyped(value) ?? canonicalList(value, path);
  if (value instanceof Date) return canonicalDate(value, path);
  if (value instanceof Map) return canonicalMap([...value], path);
  if (value instanceof Number || value instanceof String || value instanceof Boolean)
    return canonical(value.valueOf(), path);
  if (value instanceof WeakMap || value instanceof WeakSet || value instanceof Promise || value instanceof RegExp) {
    throw new ConversionError(`a value of the class ${value.constructor.name} has no converter`, path);
  }
  if (typeof value.toJSON === "function") return canonical(value.toJSON(), path);
  return canonicalMap(
    Object.entries(value).filter(([, item]) => item !== undefined),
    path,
  );
}

const canonicalList = (value, path) => Array.from(value, (item, index) => canonical(item, [...path, index]));
/** Elements of a float array are floats, also where they are integral. */
const canonicalFloat = (value) =>
  Number.isInteger(value) && !Object.is(value, -0) ? { $float: String(value) } : canonicalNumber(value);
const bufferOf = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function canonicalDate(value, path) {
  if (Number.isNaN(value.getTime())) throw new ConversionError("an invalid Date names no moment", path);
  return { $datetime: value.toISOString().replace(/\.?0*Z$/, "Z") };
}

function canonicalMap(entries, path) {
  const isOrdinary = entries.every(([key]) => typeof key === "string" && !key.startsWith("$"));
  if (isOrdinary) {
    return Object.fromEntries(entries.map(([key, item]) => [canonical(key, path), canonical(item, [...path, key])]));
  }
  return { $map: entries.map(([key, item]) => [canonical(key, path), canonical(item, [...path, String(key)])]) };
}

// ---- user code ------------------------------------------------------------------------------------------------------

class Functions {
  #folder;
  #modules = new Map();

  constructor(folder) {
    this.#folder = folder;
  }

  async get(origin, path, name) {
    const module = await this.#module(origin, path);
    const value = pick(module, name) ?? pick(module.default, name);
    if (typeof value === "function") return value;
    if (value === undefined) throw new TypeError(`${path} exports no function '${name}'`);
    throw new TypeError(`'${name}' of ${path} is a ${typeof value} and cannot be called`);
  }

  #module(origin, path) {
    const key = `${origin} ${path}`;
    let module = this.#modules.get(key);
    if (module === undefined) {
      module = this.#load(origin, path);
      this.#modules.set(key, module);
      // A file that could not be read now may be there the next time; a module that failed stays failed, as in Node.
      module.catch(() => this.#modules.delete(key));
    }
    return module;
  }

  async #load(origin, path) {
    const require = createRequire(join(this.#folder, "index.js"));
    if (origin === "environment") {
      const found = require.resolve(path);
      return import(found.startsWith(sep) ? pathToFileURL(found).href : found);
    }
    const full = join(this.#folder, path);
    const isFolder = (await stat(full)).isDirectory();
    return import(pathToFileURL(isFolder ? require.resolve(full) : full).href);
  }
}

const pick = (value, name) => name.split(".").reduce((inner, part) => inner?.[part], value);

// ---- what user code prints ------------------------------------------------------------------------------------------

const current = new AsyncLocalStorage();
/** The console's other methods write to the streams. */
const consoleLevels = { debug: "debug", log: "info", info: "info", warn: "warning", error: "error" };

/** Nothing more of this call is taken. */
const isFull = (call) => call.lines > maxLines;

function sendLine(call, level, text) {
  call.lines += 1;
  if (isFull(call)) return;
  const last = call.lines === maxLines;
  const cut = text.length > maxLineCharacters ? `${text.slice(0, maxLineCharacters)}…` : text;
  const line = last
    ? { at: Date.now(), level: "warning", text: `further output is left out: a call may write ${maxLines} lines` }
    : { at: Date.now(), level, text: cut };
  send(frame("l", call.id, JSON.stringify(line)));
}

/** The call that writes, else the one that has run longest: output of a timer that an earlier call left behind. */
const writer = () => current.getStore() ?? running.values().next().value;

function captureConsole() {
  for (const [name, level] of Object.entries(consoleLevels)) {
    const original = console[name].bind(console);
    console[name] = (...parts) => {
      const call = writer();
      if (call === undefined) return original(...parts);
      for (const line of format(...parts).split("\n")) sendLine(call, level, line);
    };
  }
  captureStream(process.stdout, "info");
  captureStream(process.stderr, "warning");
}

function captureStream(stream, level) {
  const original = stream.write.bind(stream);
  stream.write = (chunk, encoding, done) => {
    const call = writer();
    if (call === undefined) return original(chunk, encoding, done);
    if (!isFull(call)) takeText(call, level, typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"));
    const callback = typeof encoding === "function" ? encoding : done;
    if (callback !== undefined) process.nextTick(callback);
    return true;
  };
}

/** Of a line without end no more is kept than will be sent. */
function takeText(call, level, text) {
  const lines = ((call.rest[level] ?? "") + text).split("\n");
  call.rest[level] = lines.pop().slice(0, maxLineCharacters + 1);
  for (const line of lines) sendLine(call, level, line);
}

function finishOutput(call) {
  for (const [level, rest] of Object.entries(call.rest)) if (rest !== "") sendLine(call, level, rest);
  call.rest = {};
}

// ---- the end of a call's output in the process's own streams --------------------------------------------------------

const workerName = process.env["POLYGLOT_WORKER"];

/**
 * What child processes and native code print goes to the process's own streams, which the agent reads apart from the
 * channel: a record separator, the worker's name and the call's id say that the call's output ends there.
 */
function markEnd(id) {
  const mark = Buffer.from(`\x1e${workerName}${id.toString(16).padStart(8, "0")}`);
  for (const descriptor of [1, 2]) {
    try {
      writeWhole(descriptor, mark);
    } catch (error) {
      // User code has closed what it does not own; the agent does not wait for ever.
      if (error.code !== "EBADF") throw error;
    }
  }
}

// ---- errors ---------------------------------------------------------------------------------------------------------

function describeError(thrown, folder) {
  if (!(thrown instanceof Error)) return { lineage: ["Error"], message: messageOf(thrown), trace: "" };
  return { lineage: lineageOf(thrown), message: messageOf(thrown.message), trace: traceOf(thrown, folder) };
}

function messageOf(value) {
  try {
    return typeof value === "object" && value !== null ? (JSON.stringify(value) ?? String(value)) : String(value);
  } catch {
    return "the thrown value cannot be read";
  }
}

/** Classes along the prototype chain; before them a `name` of the error's own, by which many libraries tell theirs. */
function lineageOf(error) {
  const names = [];
  for (let at = Object.getPrototypeOf(error); at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    const name = at.constructor?.name;
    if (name && !names.includes(name)) names.push(name);
  }
  const own = error.name;
  if (typeof own === "string" && /^[A-Za-z_]\w*$/.test(own) && !names.includes(own)) names.unshift(own);
  return names.length === 0 ? ["Error"] : names;
}

function traceOf(error, folder) {
  const [head, ...frames] = headAndFrames(error);
  const prefix = folder + sep;
  const url = pathToFileURL(prefix).href;
  const worker = import.meta.url;
  const isOwn = (line) => line.includes(url) || line.includes(prefix);
  const own = frames.filter(isOwn);
  const shown =
    own.length > 0 ? own : frames.filter((line) => !line.includes(worker) && !line.includes("node:internal"));
  const cause =
    error.cause instanceof Error && error.cause !== error ? [`caused by ${traceOf(error.cause, folder)}`] : [];
  return [head, ...shown, ...cause].join("\n").replaceAll(url, "").replaceAll(prefix, "");
}

function headAndFrames(error) {
  const stack = typeof error.stack === "string" ? error.stack : "";
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  const at = frames.length === 0 ? stack.length : stack.indexOf(frames[0]);
  return [stack.slice(0, at).trimEnd() || `${error.name}: ${error.message}`, ...frames];
}

// ---- calls ----------------------------------------------------------------------------------------------------------

const folder = process.argv[2];
process.argv.length = 2;
const functions = new Functions(folder);
const waiting = [];
const claims = new Int32Array(new SharedArrayBuffer(4 * slots));
const running = new Map();

/** Peak resident memory since the last reset, which Linux allows a process for itself. */
const peakReset = openPeakReset();

function openPeakReset() {
  try {
    return openSync("/proc/self/clear_refs", "w");
  } catch {
    return undefined;
  }
}

function resetPeak() {
  if (peakReset !== undefined) writeSync(peakReset, "5");
}

function beginNext() {
  while (waiting.length > 0) {
    const call = waiting[0];
    const first = running.values().next().value;
    if (first !== undefined && first.request.execution !== call.request.execution) return;
    waiting.shift();
    if (claim(claims, call.id, begun)) void answer(call);
  }
}

async function answer(call) {
  running.set(call.id, call);
  if (running.size === 1) resetPeak();
  call.began = performance.now();
  call.cpu = process.cpuUsage();
  call.conversionMs = call.readMs;
  send(frame("b", call.id));
  const reply = await current.run(call, () => replyOf(call)).catch((thrown) => errorReply(thrown));
  settle(call, reply);
  beginNext();
}

function settle(call, reply) {
  if (!running.delete(call.id)) return;
  if (reply.kind === "e") call.shared?.withdraw();
  finishOutput(call);
  markEnd(call.id);
  send(frame(reply.kind, call.id, `{"cost":${costOf(call)},${reply.text}}`));
}

async function replyOf(call) {
  const { origin = "bundle", path, function: name, results = 0, spread = false, tagged = false } = call.request;
  const began = performance.now();
  call.shared = new SharedMemory(call.request.shared);
  shared = call.shared;
  const values = tagged ? decodeArguments(call.request.arguments) : call.request.arguments;
  call.conversionMs += performance.now() - began;
  const value = await collect(await (await functions.get(origin, path, name))(...values));
  const returned = performance.now();
  shared = call.shared;
  const texts = resultsOf(value, results, spread);
  call.writingMs = performance.now() - returned;
  call.conversionMs += call.writingMs;
  return { kind: "v", text: `"values":[${texts.join(",")}]` };
}

/** What a generator yields, as a list. */
async function collect(value) {
  if (typeof value?.next !== "function") return value;
  if (typeof value[Symbol.iterator] === "function") return [...value];
  if (typeof value[Symbol.asyncIterator] !== "function") return value;
  const items = [];
  for await (const item of value) items.push(item);
  return items;
}

function resultsOf(value, count, spread) {
  if (count === 0) return [];
  if (!spread) return [encode(value, null)];
  if (!Array.isArray(value)) {
    throw new ConversionError(
      `one ${value === null ? "null" : typeof value} was returned where ${count} results are bound`,
      [],
    );
  }
  if (value.length < count) {
    throw new ConversionError(`${value.length} results were returned where ${count} are bound`, []);
  }
  return value.slice(0, count).map((item, index) => encode(item, index));
}

function errorReply(thrown) {
  if (thrown instanceof ConversionError) {
    const { argument, path, message } = thrown;
    return { kind: "e", text: `"conversion":${JSON.stringify({ argument, path, message })}` };
  }
  return { kind: "e", text: `"error":${JSON.stringify(describeError(thrown, folder))}` };
}

/** Whole process: calls that ran at once each carry the CPU time of the stretch in which they ran. Integers: µs and kB. */
function costOf(call) {
  const { user, system } = process.cpuUsage(call.cpu);
  const durationUs = Math.round((performance.now() - call.began) * 1000);
  const conversionUs = Math.round(call.conversionMs * 1000);
  const writingUs = Math.round((call.writingMs ?? 0) * 1000);
  return `[${user + system},${process.resourceUsage().maxRSS},${durationUs},${conversionUs},${writingUs}]`;
}

/** What no promise of a call catches (a timer, an emitter) ends the process, as it does in Node; its calls hear why. */
function failAll(thrown) {
  for (const call of [...running.values()]) settle(call, errorReply(thrown));
  exit(1);
}

/** From now on calls may stand in line here. */
function startGivingBack() {
  const thread = new Worker(new URL("./give-back.mjs", import.meta.url), {
    workerData: { claims, descriptor: recallDescriptor },
  });
  thread.unref();
}

process.on("uncaughtException", failAll);
captureConsole();

const channel = new Socket({ fd: channelDescriptor, readable: true });
channel.on("error", () => exit(0));
channel.on("close", () => exit(0));
readFrames(channel, (id, text, kind) => {
  if (kind === "k") return startGivingBack();
  const began = performance.now();
  const request = JSON.parse(text);
  waiting.push({ id, request, readMs: performance.now() - began, lines: 0, rest: {} });
  return beginNext();
});
send(frame("h", 0, JSON.stringify({ version: process.versions.node })));
