/** For tests: plain HTTP requests to a controller, over real sockets. */
import type { OutgoingHttpHeaders } from "node:http";
import { request } from "node:https";

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The text as JSON; empty where it is none. */
  readonly json: Readonly<Record<string, unknown>>;
}

export interface HttpAsk {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
  readonly identity?: { readonly cert: string; readonly key: string };
}

/** Asks `controller.url + path`, trusting `ca`, on a connection of its own. */
export function ask(url: string, ca: string, path: string, asked: HttpAsk = {}): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const { method = "POST", headers = {}, body, identity } = asked;
    const outgoing = request(new URL(url), { method, path, headers, ca, agent: false, ...identity }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parse(text) });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
