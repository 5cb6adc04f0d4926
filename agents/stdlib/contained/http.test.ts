import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { gzipSync, brotliCompressSync, deflateSync, zstdCompressSync } from "node:zlib";
import type { CanonicalValue } from "@polyglot/contracts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ContainedBed } from "./contained.fixture.ts";
import { http } from "./http.ts";
import { httpLimits } from "./http-limits.ts";

type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

const json = (response: ServerResponse, value: unknown) =>
  response.setHeader("content-type", "application/json").end(JSON.stringify(value));

const seen: Answer = ({ method, url, headers }, response, body) =>
  json(response, { method, url, headers, body: body.toString() });

const redirect =
  (status: number, to: () => string): Answer =>
  (_request, response) =>
    response.writeHead(status, { location: to(), "content-type": "text/plain" }).end("moved");

const typed =
  (type: string, body: string | Buffer): Answer =>
  (_request, response) =>
    response.writeHead(200, type === "" ? {} : { "content-type": type }).end(body);

const coded =
  (coding: string, body: Buffer): Answer =>
  (_request, response) =>
    response.writeHead(200, { "content-type": "text/plain", "content-encoding": coding }).end(body);

const zeros = Buffer.alloc(200_000);
const text = Buffer.from("plain words");

const answers: Readonly<Record<string, Answer>> = {
  "/seen": seen,
  "/status/404": (_request, response) => response.writeHead(404, { "content-type": "text/plain" }).end("no such thing"),
  "/status/500": (_request, response) => response.writeHead(500).end(),
  "/twice": (_request, response) => response.writeHead(200, { "Set-Cookie": ["a=1", "b=2"], "X-Mixed": "Yes" }).end(),
  "/301": redirect(301, () => "/seen"),
  "/302": redirect(302, () => "seen?from=302"),
  "/303": redirect(303, () => "/seen"),
  "/307": redirect(307, () => "/seen"),
  "/308": redirect(308, () => "/seen"),
  "/loop": redirect(302, () => "/loop"),
  "/to-refused": redirect(302, () => "http://127.0.0.2:1/secret"),
  "/to-unspecified": redirect(302, () => "http://0.0.0.0:1/latest/meta-data"),
  "/to-mapped": redirect(302, () => "http://[::ffff:7f00:2]:1/"),
  "/to-file": redirect(302, () => "file:///etc/passwd"),
  "/to-other": redirect(307, () => `${other}/seen`),
  "/no-location": (_request, response) => response.writeHead(302).end("nowhere"),
  "/gzip": coded("gzip", gzipSync(text)),
  "/br": coded("br", brotliCompressSync(text)),
  "/deflate": coded("deflate", deflateSync(text)),
  "/zstd": coded("zstd", zstdCompressSync(text)),
  "/double": coded("gzip, br", brotliCompressSync(gzipSync(text))),
  "/bomb": coded("gzip", gzipSync(zeros)),
  "/broken-gzip": coded("gzip", text),
  "/compress": coded("compress", text),
  "/many-codings": coded("gzip,gzip,gzip,gzip", text),
  "/endless": (_request, response) => {
    response.writeHead(200, { "content-type": "application/octet-stream" });
    const more = () => {
      while (!response.destroyed && response.write(zeros));
      response.once("drain", more);
    };
    more();
  },
};

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const answer = answers[new URL(request.url ?? "", "http://x").pathname] ?? bodies.get(request.url ?? "") ?? seen;
    answer(request, response, Buffer.concat(chunks));
  });
});
const stranger = createServer((request, response) => seen(request, response, Buffer.alloc(0)));
const bodies = new Map<string, Answer>();
let base = "";
let other = "";

/** What is refused is on this host, too: a test of a broken guard may not knock at anybody else's door. */
const bed = new ContainedBed(http, { allowNetworks: ["127.0.0.1"], limits: { maxValueBytes: 100_000 } });
const strict = new ContainedBed(http, { allowNetworks: [] });

const listen = async (one: Server): Promise<string> => {
  one.listen(0, "127.0.0.1");
  await once(one, "listening");
  return `http://127.0.0.1:${(one.address() as AddressInfo).port}`;
};

beforeAll(async () => {
  base = await listen(server);
  other = await listen(stranger);
});
afterAll(async () => {
  await bed.stop();
  await strict.stop();
  for (const one of [server, stranger]) {
    one.closeAllConnections();
    one.close();
  }
});

const get = (path: string, given: Record<string, CanonicalValue> = {}) =>
  bed.call("U.Network.HttpGet", { url: base + path, ...given });
const seconds = (count: number) => ({ $duration: { months: 0, seconds: count } });

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
const whatCame = async (answer: Promise<unknown>): Promise<Seen> => ((await answer) as [number, Seen])[1];

test.each([
  [
    "application/json",
    '{"a":[1,2.5,1.0,9007199254740993],"$b":null}',
    {
      $map: [
        ["a", [1, 2.5, { $float: "1" }, { $int: "9007199254740993" }]],
        ["$b", null],
      ],
    },
  ],
  ["application/problem+json; charset=utf-8", "true", true],
  ["application/json", "", null],
  ["text/html; charset=utf-8", "grüß", "grüß"],
  ["text/plain; charset=iso-8859-1", Buffer.from([0xe4]), "ä"],
  ["text/plain", Buffer.from([0xff]), { $bytes: "/w==" }],
  ["text/plain", "", ""],
  ["application/xml", "<a/>", "<a/>"],
  ["application/octet-stream", "abc", { $bytes: "YWJj" }],
  ["image/png", Buffer.from([0, 255]), { $bytes: "AP8=" }],
  ["", "abc", { $bytes: "YWJj" }],
  ["", "", null],
])("a body of the type '%s' that is %j comes as %j", async (type, body, expected) => {
  const path = `/body/${bodies.size}`;
  bodies.set(path, typed(type, body));
  expect(await get(path)).toMatchObject([200, expected, {}]);
});

test("a body that says it is JSON and is not is a conversion error", async () => {
  bodies.set("/bad-json", typed("application/json", "{nope"));
  expect(await get("/bad-json")).toMatchObject({ type: "pg\\!ConversionError" });
});

test.each([
  [{ a: [1, { $float: "1" }] }, "application/json", '{"a":[1,1.0]}'],
  [[1, 2], "application/json", "[1,2]"],
  [5, "application/json", "5"],
  ["grüß", "text/plain; charset=utf-8", "grüß"],
  [{ $bytes: "YWJj" }, "application/octet-stream", "abc"],
  [null, undefined, ""],
])("the body %j is sent as %s", async (body, type, sent) => {
  const came = await whatCame(bed.call("U.Network.HttpPost", { url: `${base}/seen`, body }));
  expect({ type: came.headers["content-type"], body: came.body }).toEqual({ type, body: sent });
});

test("a caller's content type and headers win", async () => {
  const headers = { "Content-Type": "application/vnd.own+json", "X-Number": 5 };
  const came = await whatCame(bed.call("U.Network.HttpPost", { url: `${base}/seen`, body: {}, headers }));
  expect(came.headers).toMatchObject({ "content-type": "application/vnd.own+json", "x-number": "5" });
});

test("a status that is an error is a result", async () => {
  expect(await get("/status/404")).toMatchObject([404, "no such thing", {}]);
  expect(await get("/status/500")).toMatchObject([500, null, {}]);
});

test("header names come in lower case, and one that came twice is a list", async () => {
  expect(await get("/twice")).toMatchObject([200, null, { "set-cookie": ["a=1", "b=2"], "x-mixed": "Yes" }]);
});

test.each(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])("%s is sent", async (method) => {
  const [status, body] = (await bed.call("U.Network.HttpRequest", { method, url: `${base}/seen` })) as [
    number,
    Seen | null,
  ];
  expect([status, body?.method]).toEqual([200, method === "HEAD" ? undefined : method]);
});

test("another method is refused", async () => {
  const given = { method: "CONNECT", url: `${base}/seen` };
  expect(await bed.call("U.Network.HttpRequest", given)).toMatchObject({ type: "pg\\!ValidationError" });
});

test.each([
  ["/301", "GET", ""],
  ["/302", "GET", ""],
  ["/303", "GET", ""],
  ["/307", "POST", "x"],
  ["/308", "POST", "x"],
])("a POST that %s redirects arrives as %s", async (path, method, body) => {
  const came = await whatCame(bed.call("U.Network.HttpPost", { url: base + path, body: "x" }));
  expect(came).toMatchObject({ method, body });
});

test("a redirect without a place is the answer", async () => {
  expect(await get("/no-location")).toMatchObject([302, { $bytes: "bm93aGVyZQ==" }, {}]);
});

test("a loop of redirects ends at the limit", async () => {
  expect(await get("/loop")).toEqual({
    type: "pg\\!NetworkError",
    message: `${base}/loop led to more than ${httpLimits.maxRedirects} redirects, the last to ${base}/loop`,
  });
});

test.each([
  ["/to-refused", "'127.0.0.2' is an address of this host itself"],
  ["/to-unspecified", "'0.0.0.0' is an address of this host itself"],
  ["/to-mapped", "'::ffff:7f00:2' is an address of this host itself"],
])("a redirect %s is judged again", async (path, message) => {
  expect(await get(path)).toMatchObject({
    type: "pg\\!PermissionError",
    message: expect.stringContaining(message) as string,
  });
});

test("a redirect to a file is refused", async () => {
  expect(await get("/to-file")).toMatchObject({ type: "pg\\!NetworkError" });
});

test("who the caller is goes to no other origin, its other headers do", async () => {
  const headers = { Authorization: "Bearer x", Cookie: "a=b", "X-Trace": "1" };
  const came = await whatCame(get("/to-other", { headers }));
  expect(came.headers).toMatchObject({ "x-trace": "1" });
  expect(Object.keys(came.headers)).not.toEqual(expect.arrayContaining(["authorization"]));
  expect(Object.keys(came.headers)).not.toEqual(expect.arrayContaining(["cookie"]));
});

test("credentials in a URL are sent as a header and stand in no message", async () => {
  const url = base.replace("http://", "http://me:s%20cret@");
  const came = await whatCame(bed.call("U.Network.HttpGet", { url: `${url}/seen` }));
  expect(came.headers["authorization"]).toBe(`Basic ${Buffer.from("me:s cret").toString("base64")}`);
  expect(came.url).toBe("/seen");
  const refused = await strict.call("U.Network.HttpGet", { url: `${url}/seen?token=abc` });
  expect(JSON.stringify(refused)).not.toMatch(/s%20cret|s cret|abc/);
});

test.each(["/gzip", "/br", "/deflate", "/zstd", "/double"])("a body coded as %s comes plain", async (path) => {
  expect(await get(path)).toMatchObject([200, "plain words", {}]);
});

test.each([
  ["/bomb", "ResourceError", "is larger than 100000 bytes"],
  ["/endless", "ResourceError", "is larger than 100000 bytes"],
  ["/broken-gzip", "NetworkError", "incorrect header check"],
  ["/compress", "NetworkError", "coding 'compress' is not known"],
  ["/many-codings", "NetworkError", "wrapped in 4 codings"],
])("%s is a %s", async (path, type, message) => {
  expect(await get(path)).toMatchObject({ type: `pg\\!${type}`, message: expect.stringContaining(message) as string });
});

test.each([
  ["localhost:1", "ValidationError"],
  ["/seen", "ValidationError"],
  ["ftp://example.org/", "ValidationError"],
  ["http://", "ValidationError"],
])("the URL '%s' is a %s", async (url, type) => {
  expect(await bed.call("U.Network.HttpGet", { url })).toMatchObject({ type: `pg\\!${type}` });
});

test.each(["a\nb", "é€"])("the header value %j is refused", async (value) => {
  expect(await get("/seen", { headers: { "x-odd": value } })).toMatchObject({ type: "pg\\!ValidationError" });
});

test.each(["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0.0.0.0", "127.1"])(
  "an agent that lets nothing refuses this host as '%s'",
  async (host) => {
    const port = new URL(base).port;
    const ended = await strict.call("U.Network.HttpGet", { url: `http://${host}:${port}/seen` });
    expect(ended).toMatchObject({ type: "pg\\!PermissionError" });
  },
);

test("a client puts its base URL and headers before each request, and drops both at another origin", async () => {
  const headers = { "X-Key": "k", Authorization: "Bearer t" };
  const client = await bed.first("W.Network.Http.Client", { base_url: `${base}/api/v1`, headers });
  for (const url of ["/items?a=1", "items?a=1", "//items?a=1"]) {
    const came = await whatCame(bed.call("U.Network.HttpGet", { url, client }));
    expect(came).toMatchObject({ url: "/api/v1/items?a=1", headers: { "x-key": "k", authorization: "Bearer t" } });
  }
  const abroad = await whatCame(bed.call("U.Network.HttpGet", { url: `${other}/seen`, client }));
  expect(abroad.headers["x-key"]).toBeUndefined();
  const moved = await bed.first("W.Network.Http.Client", { base_url: base, headers });
  const redirected = await whatCame(bed.call("U.Network.HttpGet", { url: "/to-other", client: moved }));
  expect(redirected.headers["x-key"]).toBeUndefined();
});

test("a client keeps its connection, and closes it at its end", async () => {
  const ports = new Set<number | undefined>();
  const note: Answer = (request, response) => {
    ports.add(request.socket.remotePort);
    response.end();
  };
  bodies.set("/note", note);
  const client = await bed.first("W.Network.Http.Client", { base_url: base });
  for (let call = 0; call < 5; call++) await bed.call("U.Network.HttpGet", { url: "/note", client });
  const gone = new Promise((resolve) => {
    bodies.set("/last", (request, response) => {
      request.socket.once("close", resolve);
      note(request, response, Buffer.alloc(0));
    });
  });
  await bed.call("U.Network.HttpGet", { url: "/last", client });
  // A call may come just before the connection of the one before it is free again.
  expect(ports.size).toBeLessThanOrEqual(2);
  await bed.closeAll();
  await gone;
  expect(await bed.call("U.Network.HttpGet", { url: "/note", client })).toMatchObject({ type: "pg\\!ResourceError" });
});

/** A server that writes what it wants, whatever came. */
async function raw(
  answer: (socket: Socket) => void,
): Promise<{ url: string; server: Server; closed: Promise<unknown> }> {
  const closed = Promise.withResolvers<void>();
  const one = createTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("close", () => closed.resolve());
    socket.once("data", () => answer(socket));
  });
  return { url: await listen(one), server: one, closed: closed.promise };
}

const misbehaviours: readonly (readonly [string, (socket: Socket) => unknown, string])[] = [
  ["says nothing", () => undefined, "TimeoutError"],
  ["never ends its headers", (socket) => socket.write("HTTP/1.1 200 OK\r\nx: y\r\n"), "TimeoutError"],
  ["never ends its body", (socket) => socket.write(partOfBody), "TimeoutError"],
  ["promises more than it sends", (socket) => socket.end(partOfBody), "NetworkError"],
  ["ends at once", (socket) => socket.end(), "NetworkError"],
  ["resets", (socket) => socket.resetAndDestroy(), "NetworkError"],
  ["speaks something else", (socket) => socket.end("SSH-2.0-x\r\n"), "NetworkError"],
  [
    "sends a header without end",
    (socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(100_000)}`),
    "NetworkError",
  ],
  [
    "sends a chunk that is none",
    (socket) => socket.end("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"),
    "NetworkError",
  ],
];
const partOfBody = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc";

test.each(misbehaviours)("a server that %s is an error, and its connection is closed", async (_title, answer, type) => {
  const { url, server: one, closed } = await raw(answer);
  const ended = await bed.call("U.Network.HttpGet", { url, timeout: seconds(0.3) });
  expect(ended).toMatchObject({ type: `pg\\!${type}` });
  await closed;
  one.close();
});

test("a call whose step ends closes its connection", async () => {
  const { url, server: one, closed } = await raw(() => undefined);
  const step = new AbortController();
  one.once("connection", () => step.abort());
  await bed.call("U.Network.HttpGet", { url }, step.signal).catch(() => undefined);
  expect(await closed).toBeUndefined();
  one.close();
});

test("a port where nobody listens is a network error", async () => {
  const { url, server: one } = await raw(() => undefined);
  one.close();
  await once(one, "close");
  expect(await bed.call("U.Network.HttpGet", { url })).toMatchObject({
    type: "pg\\!NetworkError",
    message: expect.stringContaining("ECONNREFUSED") as string,
  });
});
