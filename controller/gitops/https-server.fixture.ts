/** Git's own server behind HTTPS with basic authentication, for tests. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface GitHttpsServer {
  /** The path of a repository below the root follows. */
  readonly url: string;
  /** Authority of its certificate. */
  readonly certificates: string;
  /** Credentials that were sent, as `user:password`, and how often something was fetched. */
  readonly seen: Set<string>;
  readonly requests: { fetches: number; listings: number };
  /** Sends those who ask there to another address. */
  redirectTo: string | undefined;
  stop(): Promise<void>;
}

export async function startGitHttpsServer(root: string, allowed: string): Promise<GitHttpsServer> {
  const folder = mkdtempSync(join(tmpdir(), "polyglot-git-https-"));
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const files = ["-keyout", join(folder, "key"), "-out", join(folder, "certificate")];
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-days",
      "2",
      ...subject,
      ...files,
    ],
    { stdio: "ignore" },
  );
  const [key, cert] = ["key", "certificate"].map((name) => readFileSync(join(folder, name), "utf8"));
  const state: Pick<GitHttpsServer, "seen" | "requests" | "redirectTo"> = {
    seen: new Set(),
    requests: { fetches: 0, listings: 0 },
    redirectTo: undefined,
  };
  const server = createServer({ key, cert }, (request, response) => {
    const { authorization = "", host } = request.headers;
    if (state.redirectTo !== undefined) {
      response.writeHead(302, { location: `${state.redirectTo}${request.url}` }).end();
      return;
    }
    const given = Buffer.from(authorization.replace(/^Basic /, ""), "base64").toString();
    if (given !== "") state.seen.add(given);
    if (given !== allowed) response.writeHead(401, { "www-authenticate": `Basic realm="${host}"` }).end();
    else answer(root, request, response, state);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(state, {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificates: cert ?? "",
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      rmSync(folder, { recursive: true });
    },
  });
}

/** `git http-backend` speaks CGI. */
function answer(
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
  { requests }: Pick<GitHttpsServer, "requests">,
): void {
  const url = new URL(request.url ?? "/", "https://host");
  const backend = spawn("git", ["http-backend"], {
    env: {
      ...{
        PATH: process.env["PATH"],
        HOME: root,
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: "1",
      },
      ...{
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method,
        REMOTE_USER: "test",
      },
      CONTENT_TYPE: request.headers["content-type"],
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"],
      GIT_PROTOCOL: request.headers["git-protocol"] as string | undefined,
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const sent: Buffer[] = [];
  request.on("data", (chunk: Buffer) => sent.push(chunk));
  request.on("end", () => {
    const asked = Buffer.concat(sent).toString("latin1");
    if (asked.includes("command=fetch")) requests.fetches += 1;
    if (asked.includes("command=ls-refs")) requests.listings += 1;
  });
  request.pipe(backend.stdin);
  backend.stdin.on("error", () => undefined);
  const chunks: Buffer[] = [];
  backend.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  backend.on("close", () => {
    const output = Buffer.concat(chunks);
    const end = output.indexOf("\r\n\r\n");
    const headers = output
      .toString("latin1", 0, end)
      .split("\r\n")
      .map((line) => line.split(": ") as [string, string]);
    const status = Number(headers.find(([name]) => name === "Status")?.[1].slice(0, 3) ?? 200);
    response.writeHead(status, Object.fromEntries(headers.filter(([name]) => name !== "Status")));
    response.end(output.subarray(end + 4));
  });
}
