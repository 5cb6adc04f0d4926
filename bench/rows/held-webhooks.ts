/** Signed webhooks at a rate that is held, whatever the answers take: the time of one that is sent late counts from when it was due. */
import { type ClientHttp2Session, connect } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { percentiles } from "../percentiles.ts";
import { postWebhook, type WebhookRate, type WebhookTarget } from "./webhooks.ts";

const limits = { connections: 8, tickMs: 5 } as const;

/** Sends `perSecond` for so many seconds. Any answer but 202 and 429 throws. */
export async function heldWebhooks(target: WebhookTarget, perSecond: number, seconds: number): Promise<WebhookRate> {
  const sessions = Array.from({ length: limits.connections }, () => connect(target.url, { ca: target.ca }));
  for (const session of sessions) session.on("error", () => undefined);
  const times: number[] = [];
  let refused = 0;
  const startedAt = performance.now();
  const send = async (at: number) => {
    const status = await postWebhook(sessions[at % sessions.length] as ClientHttp2Session, target);
    if (status === 429) refused += 1;
    else if (status === 202) times.push(performance.now() - startedAt - (at / perSecond) * 1_000);
    else throw new Error(`a webhook was answered with ${status}`);
  };
  try {
    const sent: Promise<void>[] = [];
    while (sent.length < perSecond * seconds) {
      const due = Math.min(perSecond * seconds, ((performance.now() - startedAt) / 1_000) * perSecond);
      while (sent.length < due) sent.push(send(sent.length));
      await sleep(limits.tickMs);
    }
    await Promise.all(sent);
  } finally {
    for (const session of sessions) session.close();
  }
  const rate = (times.length / (performance.now() - startedAt)) * 1_000;
  return { perSecond: rate, acknowledged: percentiles(times), refused };
}
