import { z } from "zod";
import { declaredKind } from "./metadata.ts";
import { reference } from "./reference.ts";

const tls = z
  .strictObject({
    enabled: z.boolean().default(true).meta({ description: "Whether the connection is encrypted" }),
    caFrom: reference("Secret", "The certificates that are trusted; the system's where it is absent").optional(),
    certificateFrom: reference("Secret", "The client's own certificate").optional(),
    keyFrom: reference("Secret", "The client's own key").optional(),
  })
  .meta({ description: "Encryption" });

const connectionSpec = z.strictObject({
  type: z
    .enum(["rabbitmq", "kafka", "redis", "nats", "postgresql", "sqlite", "http"])
    .meta({ description: "What is there" }),
  url: z
    .string()
    .min(1)
    // Files go into git, and git holds no secrets. The value is left out of the message for the same reason.
    .regex(/^(?!\w+:\/\/[^/@\s]*:[^/@\s]+@)/, "may not hold a password: give it with credentialsFrom")
    .meta({ description: "Where it is; no password" }),
  tls: tls.optional(),
  credentialsFrom: reference("Secret", "User and password, or a token").optional(),
});
export type ConnectionSpec = z.infer<typeof connectionSpec>;

export const connection = declaredKind("Connection", connectionSpec).meta({
  id: "Connection",
  title: "A broker, database or server that pipelines use by name",
});
