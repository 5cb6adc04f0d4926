/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
import { afterPrefix, named, textAt, type WebhookProvider } from "./provider.ts";

export const slack: WebhookProvider = {
  name: "slack",
  schemes: [
    {
      kind: "hmac",
      header: "x-slack-signature",
      encoding: "hex",
      signaturesIn: afterPrefix("v0="),
      signed: ({ "x-slack-request-timestamp": sentAt }) =>
        sentAt === undefined ? undefined : { before: `v0:${sentAt}:`, sentAt },
    },
  ],
  // An event of the Events API, an interaction, or a slash command.
  event: (_headers, body) => textAt(body, "event", "type") || textAt(body, "type") || textAt(body, "command"),
  delivery: (_headers, body) => named(textAt(body, "event_id") || textAt(body, "trigger_id")),
  greeting: (_headers, body) =>
    textAt(body, "type") === "url_verification" ? named(textAt(body, "challenge")) : undefined,
};
