/** Tells one notification by what a Notifier declares. Rejects where it did not get there. */
import { createHmac } from "node:crypto";
import type { NotifierSpec } from "@polyglot/contracts";
import type { Clock, Logger } from "@polyglot/service";
import type { AddressPolicy } from "@polyglot/service/address-policy";
import type { Activator } from "../triggers/activator.ts";
import type { Catalog } from "../triggers/catalog.ts";
import { headlineOf, type Notification } from "./notification.ts";
import { post } from "./post.ts";
import { sendMail } from "./send-mail.ts";

export interface TellParts {
  /** What may be connected to. */
  readonly policy: AddressPolicy;
  /** The value of a secret; rejects where there is none. */
  readonly secret: (name: string) => Promise<string>;
  readonly activator: Pick<Activator, "activate">;
  readonly catalog: Pick<Catalog, "find">;
  readonly clock: Clock;
  readonly logger: Logger;
}

export async function tell(spec: NotifierSpec, news: Notification, parts: TellParts): Promise<void> {
  const { webhook, slack, email, log, pipeline } = spec;
  if (webhook !== undefined) return tellWebhook(webhook, news, parts);
  if (slack !== undefined) return tellSlack(await parts.secret(slack.urlFrom), news, parts);
  if (email !== undefined) {
    const credentials = email.credentialsFrom === undefined ? undefined : await parts.secret(email.credentialsFrom);
    return sendMail(email, credentials, parts.policy, news);
  }
  if (pipeline !== undefined) return tellPipeline(pipeline, news, parts);
  parts.logger[log?.level ?? "warn"]({ alert: news }, `${headlineOf(news)}: ${news.message}`);
}

/** Signed as Standard Webhooks are, so that `|T.Webhook` of another installation takes it. */
async function tellWebhook(
  { url, signedWith }: NonNullable<NotifierSpec["webhook"]>,
  news: Notification,
  { secret, policy, clock }: TellParts,
): Promise<void> {
  const body = JSON.stringify({ type: `alert.${news.state}`, timestamp: news.at, data: news });
  const seconds = String(Math.floor(clock.now() / 1_000));
  const headers = { "content-type": "application/json", "webhook-id": news.id, "webhook-timestamp": seconds };
  if (signedWith === undefined) return post(url, policy, headers, body);
  const key = Buffer.from((await secret(signedWith)).replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${news.id}.${seconds}.${body}`).digest("base64");
  return post(url, policy, { ...headers, "webhook-signature": `v1,${signature}` }, body);
}

const tellSlack = (url: string, news: Notification, { policy }: TellParts): Promise<void> =>
  post(
    url,
    policy,
    { "content-type": "application/json" },
    JSON.stringify({ text: `*${headlineOf(news)}*\n${news.message}` }),
  );

/** Its inputs of the fields' names get them. The notification's id is the key: it is started once. */
async function tellPipeline(pipelineId: string, news: Notification, { activator, catalog }: TellParts): Promise<void> {
  const declared = catalog.find(pipelineId)?.plan.inputs ?? [];
  const fields = { ...news, at: { $datetime: news.at } };
  const inputs = Object.entries(fields).filter(([name]) => declared.some((input) => input.name === name));
  const [decision] = await activator.activate([
    {
      ...{ pipelineId, triggerName: "alert", triggerKey: null, host: null, dedupeKey: `alert:${news.id}` },
      triggerContext: { ...news, timestamp: news.at },
      inputs: Object.fromEntries(inputs),
    },
  ]);
  if (decision?.kind === "refused") throw new Error(decision.message);
}
