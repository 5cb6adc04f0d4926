/** Schedules: apart from the rest, because few programs need them and the cron parser with them. */
export * from "./schedule/calendar.ts";
export * from "./schedule/schedule.ts";
export * from "./schedule/times.ts";
