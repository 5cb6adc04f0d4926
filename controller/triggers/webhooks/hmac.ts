/**
 * For senders of one's own: `X-Signature: sha256=<hex>` over the body, or, with `X-Timestamp` (seconds), over
 * `<timestamp>.<body>`. `X-Event` and `X-Delivery-Id` name the event and the delivery; the latter is no part of what is
 * signed, so a sender who wants more than that takes Standard Webhooks.
 */
import { afterPrefix, type WebhookProvider } from "./provider.ts";

export const hmac: WebhookProvider = {
  name: "hmac",
  schemes: [
    {
      kind: "hmac",
      header: "x-signature",
      encoding: "hex",
      signaturesIn: afterPrefix("sha256=", ","),
      signed: ({ "x-timestamp": sentAt }) => (sentAt === undefined ? { before: "" } : { before: `${sentAt}.`, sentAt }),
    },
  ],
  event: (headers) => headers["x-event"] ?? "",
  delivery: (headers) => headers["x-delivery-id"],
};
