/** What somebody is told of an alert: the same for all ways to tell it. */
import { z } from "zod";

export const notification = z.object({
  id: z.string(),
  alert: z.string(),
  /** What it is about; empty: the whole installation. */
  subject: z.string(),
  state: z.enum(["firing", "resolved"]),
  severity: z.string(),
  message: z.string(),
  value: z.number(),
  /** ISO 8601. */
  at: z.string(),
});
export type Notification = z.infer<typeof notification>;

/** One line, for subjects of mails and lines of logs. */
export const headlineOf = ({ state, severity, alert, subject }: Notification): string =>
  `[${state === "firing" ? severity : "resolved"}] ${alert}${subject === "" ? "" : `: ${subject}`}`;
