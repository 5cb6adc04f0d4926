/** https://docs.stripe.com/webhooks#verify-manually */
import { afterPrefix, named, textAt, type WebhookProvider } from "./provider.ts";

const header = "stripe-signature";

export const stripe: WebhookProvider = {
  name: "stripe",
  schemes: [
    {
      kind: "hmac",
      header,
      encoding: "hex",
      signaturesIn: afterPrefix("v1=", ","),
      signed: (headers) => {
        const [sentAt] = afterPrefix("t=", ",")(headers[header] ?? "");
        return sentAt === undefined ? undefined : { before: `${sentAt}.`, sentAt };
      },
    },
  ],
  event: (_headers, body) => textAt(body, "type"),
  delivery: (_headers, body) => named(textAt(body, "id")),
};
