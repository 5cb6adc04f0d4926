import { z } from "zod";
import { declaredKind } from "./metadata.ts";
import { reference } from "./reference.ts";
import { exactlyOne } from "./rules.ts";

const address = (description: string) => z.email().meta({ description });

const notifierSpec = z
  .strictObject({
    webhook: z
      .strictObject({
        url: z.url().meta({ description: "Where it is posted" }),
        signedWith: reference("Secret", "The key of its signature").optional(),
      })
      .optional()
      .meta({ description: "Posts JSON" }),
    slack: z
      .strictObject({ urlFrom: reference("Secret", "The address that Slack gave") })
      .optional()
      .meta({ description: "Writes to a Slack channel" }),
    email: z
      .strictObject({
        server: z.string().min(1).meta({ description: "Host and port of the mail server" }),
        from: address("The sender"),
        to: z.array(address("A recipient")).min(1).meta({ description: "The recipients" }),
        credentialsFrom: reference("Secret", "User and password at the mail server").optional(),
      })
      .optional()
      .meta({ description: "Sends mail" }),
    log: z
      .strictObject({
        level: z.enum(["info", "warn", "error"]).default("warn").meta({ description: "The level of the line" }),
      })
      .optional()
      .meta({ description: "Writes a line to the controller's log" }),
    pipeline: reference("Pipeline", "Runs a pipeline").optional(),
  })
  .superRefine(exactlyOne("webhook", "slack", "email", "log", "pipeline"));
export type NotifierSpec = z.infer<typeof notifierSpec>;

export const notifier = declaredKind("Notifier", notifierSpec).meta({
  id: "Notifier",
  title: "A way to tell someone: exactly one of the fields",
});
