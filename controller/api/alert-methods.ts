/** Alerts as people see them: where each is at, and whether somebody could not be told. */
import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { AlertSchema, ListAlertsResponseSchema, type PolyglotService } from "@polyglot/contracts/service";
import type { Clock } from "@polyglot/service";
import { declaredAlerts } from "../alerts/declared-alerts.ts";
import { sentenceOf } from "../alerts/sentence.ts";
import { type AlertStateRow, readAlertStates, readNotificationProblems } from "../store/alerts.ts";
import type { Queryable } from "../store/database.ts";
import { readObjectsOfKind } from "../store/objects.ts";

/** Notifications of which a failure is shown. */
const problemsMs = 86_400_000;

export interface AlertMethodParts {
  readonly database: Queryable;
  readonly clock: Clock;
}

export function alertMethods(parts: AlertMethodParts): Pick<ServiceImpl<typeof PolyglotService>, "listAlerts"> {
  return {
    async listAlerts() {
      return create(ListAlertsResponseSchema, { alerts: await listAlerts(parts) });
    },
  };
}

/** An alert that nothing has raised is listed too, as quiet. */
async function listAlerts({ database, clock }: AlertMethodParts) {
  const [alerts, queues, states, problems] = await Promise.all([
    readObjectsOfKind(database, "Alert"),
    readObjectsOfKind(database, "Queue"),
    readAlertStates(database),
    readNotificationProblems(database, new Date(clock.now() - problemsMs)),
  ]);
  return declaredAlerts(alerts, queues).flatMap((alert) => {
    const { name, severity, notify, suspend } = alert;
    const common = { name, severity, notify: [...notify], suspended: suspend };
    const own = states.filter((state) => state.alert === name);
    if (own.length === 0) return [create(AlertSchema, { ...common, state: "quiet" })];
    return own.map((state) => {
      const untold = problems.filter(
        (one) => one.alert === name && one.subject === state.subject && one.sent_at === null,
      );
      const problem = untold
        .flatMap((one) => (one.problem === null ? [] : [`${one.notifier}: ${one.problem}`]))
        .join("; ");
      return create(AlertSchema, { ...common, ...stateOf(alert, state), problem });
    });
  });
}

function stateOf(alert: Parameters<typeof sentenceOf>[0], { subject, state, since, value }: AlertStateRow) {
  const reading = { subject, value, holds: state !== "resolved", clears: state === "resolved" };
  const message = sentenceOf(alert, reading, state === "resolved" ? "resolved" : "firing");
  return { subject, state, since: timestampFromDate(since), value, message };
}
