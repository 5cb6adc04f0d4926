/**
 * https://docs.gitlab.com/user/project/integrations/webhooks/: a secret token that is sent as it is, or a signing token
 * by the rules of Standard Webhooks.
 */
import { named, textAt, type WebhookProvider } from "./provider.ts";
import { standardScheme } from "./standard-webhooks.ts";

export const gitlab: WebhookProvider = {
  name: "gitlab",
  schemes: [standardScheme, { kind: "token", header: "x-gitlab-token" }],
  event: (headers, body) => headers["x-gitlab-event"] ?? textAt(body, "object_kind"),
  // X-Gitlab-Event-UUID will not do: webhooks that an event sets off one after the other share it.
  delivery: (headers) => named(headers["idempotency-key"]),
};
