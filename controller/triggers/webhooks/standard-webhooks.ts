/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
import { afterPrefix, type HmacScheme, textAt, type WebhookProvider } from "./provider.ts";

export const standardScheme: HmacScheme = {
  kind: "hmac",
  header: "webhook-signature",
  encoding: "base64",
  signaturesIn: afterPrefix("v1,", " "),
  signed: ({ "webhook-id": id, "webhook-timestamp": sentAt }) =>
    id === undefined || sentAt === undefined ? undefined : { before: `${id}.${sentAt}.`, sentAt },
  keyOf: (secret) => Buffer.from(secret.replace(/^whsec_/, ""), "base64"),
};

export const standardWebhooks: WebhookProvider = {
  name: "standard-webhooks",
  schemes: [standardScheme],
  event: (_headers, body) => textAt(body, "type"),
  delivery: (headers) => headers["webhook-id"],
};
