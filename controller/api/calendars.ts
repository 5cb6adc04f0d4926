/** Calendars as people see them: when they are open, and which pipelines' schedules keep to them. */
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { isSchedule, isOpen, nextClosing, nextOpening } from "@polyglot/contracts/schedule";
import { type Calendar, CalendarSchema } from "@polyglot/contracts/service";
import type { NamedCalendar, PolicyBook } from "../policies/policy-book.ts";
import type { Catalog } from "../triggers/catalog.ts";
import { registrationsOf } from "../triggers/registrations.ts";
import { optional } from "./to-message.ts";

export interface CalendarParts {
  readonly catalog: Pick<Catalog, "pipelines">;
  readonly policies: Pick<PolicyBook, "calendars" | "calendarsOf">;
}

export function listCalendars({ catalog, policies }: CalendarParts, nowMs: number): Calendar[] {
  const scheduled = [...catalog.pipelines.values()].filter(({ plan }) =>
    registrationsOf(plan).some(({ name }) => isSchedule(name)),
  );
  return policies.calendars.map((calendar) => {
    const open = isOpen([calendar], nowMs);
    const changes = open ? nextClosing(calendar, nowMs) : nextOpening([calendar], nowMs);
    const keepers = scheduled.filter((pipeline) =>
      policies.calendarsOf(pipeline).some(({ name }) => name === calendar.name),
    );
    return create(CalendarSchema, {
      ...{ name: calendar.name, timezone: calendar.timezone, mode: calendar.mode, open },
      windows: calendar.windows.map(windowText),
      covers: [...calendar.covers],
      namespaces: [...calendar.namespaces],
      pipelines: keepers.map(({ id }) => id).toSorted(),
      ...optional({ changesAt: changes === undefined ? undefined : timestampFromMs(changes) }),
    });
  });
}

/** `saturday, sunday 22:00-05:00 from 2026-01-01` */
function windowText({ days, from, to, first, last }: NamedCalendar["windows"][number]): string {
  const parts = [days?.join(", "), `${from}-${to}`, first && `from ${first}`, last && `until ${last}`];
  return parts.filter((part) => part !== undefined).join(" ");
}
