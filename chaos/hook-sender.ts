/** Sends signed webhooks over real sockets, and cuts replies off where it is told to. */
import { createHmac, randomBytes } from "node:crypto";
import { type ClientHttp2Session, connect } from "node:http2";

/** Streams of one connection at once. */
const streamsPerConnection = 500;

/** For all that waits to be sent on one connection: bodies of a flood. */
const connectionMegabytes = 1_000;

export const hookSecret = `whsec_${randomBytes(24).toString("base64")}`;

export interface HookReply {
  /** 0: the reply was cut off, or there was none. */
  readonly status: number;
  readonly executionIds: readonly string[];
  readonly retryAfter: string | undefined;
}

interface HookEndpoint {
  readonly url: string;
  readonly ca?: string | undefined;
}

const noReply: HookReply = { status: 0, executionIds: [], retryAfter: undefined };

export class HookSender implements Disposable {
  readonly #endpoint: HookEndpoint;
  #next = 0;
  readonly #sessions: ClientHttp2Session[];

  constructor(endpoint: HookEndpoint, atOnce: number) {
    this.#endpoint = endpoint;
    this.#sessions = Array.from({ length: Math.ceil(atOnce / streamsPerConnection) }, () => open(endpoint));
  }

  /** `cutMs`: after so long its connection, which it has for itself, is cut, wherever the request is then. */
  send(path: string, id: string, body: string | Buffer, cutMs?: number): Promise<HookReply> {
    const session = cutMs === undefined ? this.#sessions[this.#next++ % this.#sessions.length] : open(this.#endpoint);
    if (session === undefined) throw new Error("there is no connection");
    return new Promise((resolve) => {
      const stream = session.request({ ":method": "POST", ":path": path, ...signed(id, body) });
      let status = 0;
      let retryAfter: string | undefined;
      let text = "";
      stream.on("response", (headers) => {
        status = Number(headers[":status"]);
        retryAfter = headers["retry-after"];
      });
      stream.setEncoding("utf8");
      stream.on("data", (chunk: string) => (text += chunk));
      stream.on("error", () => resolve(noReply));
      stream.on("close", () => resolve(text === "" ? noReply : { status, executionIds: idsIn(text), retryAfter }));
      stream.end(body);
      if (cutMs !== undefined) setTimeout(() => session.destroy(), cutMs);
    });
  }

  [Symbol.dispose](): void {
    for (const session of this.#sessions) session.destroy();
  }
}

function open({ url, ca }: HookEndpoint): ClientHttp2Session {
  const session = connect(url, { maxSessionMemory: connectionMegabytes, ...(ca !== undefined && { ca }) });
  session.on("error", () => undefined);
  return session;
}

function signed(id: string, body: string | Buffer): Record<string, string> {
  const seconds = String(Math.floor(Date.now() / 1_000));
  const key = Buffer.from(hookSecret.slice("whsec_".length), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${seconds}.`).update(body).digest("base64");
  return {
    ...{ "content-type": "application/json", "webhook-id": id, "webhook-timestamp": seconds },
    "webhook-signature": `v1,${signature}`,
  };
}

function idsIn(text: string): readonly string[] {
  try {
    return (JSON.parse(text) as { execution_ids?: string[] }).execution_ids ?? [];
  } catch {
    return [];
  }
}
