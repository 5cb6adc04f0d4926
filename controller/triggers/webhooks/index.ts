/** The senders that are known. Another one is a file beside this and a line here. */
import type { WebhookProviderName } from "@polyglot/contracts";
import { github } from "./github.ts";
import { gitlab } from "./gitlab.ts";
import { hmac } from "./hmac.ts";
import type { WebhookProvider } from "./provider.ts";
import { slack } from "./slack.ts";
import { standardWebhooks } from "./standard-webhooks.ts";
import { stripe } from "./stripe.ts";

export const providers = {
  hmac,
  github,
  gitlab,
  slack,
  "standard-webhooks": standardWebhooks,
  stripe,
} as const satisfies Record<WebhookProviderName, WebhookProvider>;
