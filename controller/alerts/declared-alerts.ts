/** The alerts that are declared: objects of the kind Alert, and those that stand in queues. */
import { alert, type AlertSpec, parseDurationSeconds, queueAlerts } from "@polyglot/contracts";
import type { StoredObject } from "../store/objects.ts";

export interface DeclaredAlert {
  /** The object's name; `queue/NAME#2` for the second one of a queue. */
  readonly name: string;
  readonly selector: AlertSpec["selector"];
  /** Only this queue; undefined: all. */
  readonly queue: string | undefined;
  readonly when: AlertSpec["when"];
  readonly forMs: number;
  readonly notify: readonly string[];
  readonly severity: AlertSpec["severity"];
  readonly suspend: boolean;
}

/** What an older version stored and this one refuses is left out. */
export function declaredAlerts(alerts: readonly StoredObject[], queues: readonly StoredObject[]): DeclaredAlert[] {
  const own = alerts.flatMap(({ name, spec }) => {
    const parsed = alert.shape.spec.safeParse(spec);
    if (!parsed.success) return [];
    const { for: duration, selector, ...rest } = parsed.data;
    return [{ ...rest, name, selector, queue: undefined, forMs: milliseconds(duration) }];
  });
  const ofQueues = queues.flatMap(({ name: queue, spec }) =>
    queueAlerts(spec).map(({ for: duration, when, notify }, at) => ({
      ...{ name: `queue/${queue}#${at + 1}`, selector: undefined, queue, when, notify, forMs: milliseconds(duration) },
      ...{ severity: "warning" as const, suspend: false },
    })),
  );
  return [...own, ...ofQueues];
}

const milliseconds = (duration: string): number => (parseDurationSeconds(duration) ?? 0) * 1_000;
