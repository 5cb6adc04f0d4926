/** Signed webhooks, many at once: how many a second are committed and answered, and how long an answer takes. */
import { createHmac, randomUUID } from "node:crypto";
import { type ClientHttp2Session, connect } from "node:http2";
import { type Percentiles, percentiles } from "../percentiles.ts";

/** Of one sender, 1 KB as a small push. */
const body = JSON.stringify({ ref: "refs/heads/main", commits: "x".repeat(1_000) });

const limits = {
  connections: 8,
  /** Streams of one connection at once. */
  streams: 1_000,
} as const;

export interface WebhookTarget {
  readonly url: string;
  readonly ca: string;
  readonly path: string;
  readonly secret: string;
}

export interface WebhookRate {
  readonly perSecond: number;
  /** Milliseconds from the request to its answer after the commit. */
  readonly acknowledged: Percentiles;
  /** Answers that were told to come later. */
  readonly refused: number;
}

/** Sends `count` webhooks, `waiting` of them at any time. Any answer but 202 and 429 throws. */
export async function webhookRate(target: WebhookTarget, count: number, waiting: number): Promise<WebhookRate> {
  const sessions = Array.from({ length: limits.connections }, () => {
    const session = connect(target.url, { ca: target.ca });
    session.on("error", () => undefined);
    return session;
  });
  const times: number[] = [];
  let sent = 0;
  let refused = 0;
  const startedAt = performance.now();
  const send = async (session: ClientHttp2Session) => {
    while (sent < count) {
      sent += 1;
      const sentAt = performance.now();
      const status = await postWebhook(session, target);
      if (status === 429) refused += 1;
      else if (status === 202) times.push(performance.now() - sentAt);
      else throw new Error(`a webhook was answered with ${status}`);
    }
  };
  try {
    const senders = Math.min(waiting, limits.connections * limits.streams);
    await Promise.all(
      Array.from({ length: senders }, (_, at) => send(sessions[at % sessions.length] as ClientHttp2Session)),
    );
  } finally {
    for (const session of sessions) session.close();
  }
  const perSecond = (times.length / (performance.now() - startedAt)) * 1_000;
  return { perSecond, acknowledged: percentiles(times), refused };
}

/** Answers the status. */
export function postWebhook(session: ClientHttp2Session, { path, secret }: WebhookTarget): Promise<number> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "x-github-event": "push",
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
    });
    let status = 0;
    stream.on("response", (headers) => (status = Number(headers[":status"])));
    stream.on("error", reject);
    stream.on("end", () => resolve(status));
    stream.resume();
    stream.end(body);
  });
}
