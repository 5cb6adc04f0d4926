import type { ControllerMetrics } from "../observe/metrics.ts";
import type { Queryable } from "../store/database.ts";
import { readQueues, readStates } from "../store/listings.ts";
import type { PlainRoute } from "./routes.ts";

const text = "text/plain; charset=utf-8";

/** What monitors ask for, in their own formats. */
export function createPlainRoutes(database: Queryable, metrics: ControllerMetrics): Record<string, PlainRoute> {
  return {
    // The process answers, whatever stands behind it.
    "/healthz": { contentType: text, answer: async () => ({ status: 200, text: "ok\n" }) },
    "/readyz": {
      contentType: text,
      answer: async () => {
        const answers = await readStates(database, []).then(
          () => true,
          () => false,
        );
        return answers ? { status: 200, text: "ready\n" } : { status: 503, text: "no store\n" };
      },
    },
    "/metrics": {
      contentType: metrics.contentType,
      answer: async () => {
        metrics.setQueues(await readQueues(database));
        return { status: 200, text: await metrics.text() };
      },
    },
  };
}
