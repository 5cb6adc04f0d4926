/** https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
import { afterPrefix, type WebhookProvider } from "./provider.ts";

export const github: WebhookProvider = {
  name: "github",
  schemes: [{ kind: "hmac", header: "x-hub-signature-256", encoding: "hex", signaturesIn: afterPrefix("sha256=") }],
  event: (headers) => headers["x-github-event"] ?? "",
  // The same when a delivery is sent again.
  delivery: (headers) => headers["x-github-delivery"],
  greeting: (headers) => (headers["x-github-event"] === "ping" ? "pong" : undefined),
};
