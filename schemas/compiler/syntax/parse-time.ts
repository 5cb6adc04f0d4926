/** `T"…"`: date-times in UTC, and durations whose separators tell the parts. */
export type Time =
  | { readonly kind: "datetime"; readonly value: string }
  | { readonly kind: "duration"; readonly months: number; readonly seconds: number };

const dateTime = /^(\d{4})-(\d\d)-(\d\d)(?:\|(\d\d):(\d\d):(\d\d)(\.\d+)?)?$/;
const year = /^\d{4}-/;
const date = /^(?:(?:(\d*)-)?(\d*)-)?(\d*)$/;
const clock = /^(?:(?:(\d*):)?(\d*):)?(\d+(?:\.\d+)?|)$/;

/** Answers undefined for text that is neither. */
export function parseTime(text: string): Time | undefined {
  const point = dateTime.exec(text);
  if (point !== null) return parseDateTime(point);
  return year.test(text) ? undefined : parseDuration(text);
}

function parseDateTime(parts: RegExpExecArray): Time | undefined {
  const [, years = "", months = "", days = "", hours = "00", minutes = "00", seconds = "00", fraction = ""] = parts;
  const isDate = Number(months) >= 1 && Number(months) <= 12 && Number(days) >= 1;
  if (!isDate || Number(days) > daysOfMonth(Number(years), Number(months))) return undefined;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  return { kind: "datetime", value: `${years}-${months}-${days}T${hours}:${minutes}:${seconds}${fraction}Z` };
}

function daysOfMonth(years: number, month: number): number {
  const isLeap = (years % 4 === 0 && years % 100 !== 0) || years % 400 === 0;
  return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

/** Both halves are read from the right: days before `|` and seconds after it stand last. */
function parseDuration(text: string): Time | undefined {
  const bar = text.indexOf("|");
  const hasDate = bar !== -1 || text.includes("-");
  const dateText = bar === -1 ? (hasDate ? text : "") : text.slice(0, bar);
  const clockText = bar === -1 ? (hasDate ? "" : text) : text.slice(bar + 1);
  const dates = date.exec(dateText);
  const clocks = clock.exec(clockText);
  if (!/\d/.test(text) || dates === null || clocks === null) return undefined;
  const [years, months, days] = dates.slice(1).map(partOf);
  const [hours, minutes, seconds] = clocks.slice(1).map(partOf);
  const total = (days ?? 0) * 86_400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
  return { kind: "duration", months: (years ?? 0) * 12 + (months ?? 0), seconds: total };
}

function partOf(text: string | undefined): number {
  return text === undefined || text === "" ? 0 : Number(text);
}
