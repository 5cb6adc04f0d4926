import { z } from "zod";

const durationPattern = /^(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** Seconds of one day, hour, minute, second and millisecond, in the order of the pattern's groups. */
const unitSeconds = [86_400, 3_600, 60, 1, 0.001] as const;

/** A length of time as YAML writes it: `250ms`, `30s`, `1h30m`, `7d`. Months have no fixed length and no unit here. */
export function duration(description: string) {
  const error = ({ input }: { input?: unknown }) =>
    `must be a duration such as "30s" or "1h30m", got "${String(input)}"`;
  return z.string().regex(durationPattern, { error }).meta({ description });
}

/** Undefined for a text of another form. */
export function parseDurationSeconds(text: string): number | undefined {
  const parts = durationPattern.exec(text)?.slice(1);
  return parts?.reduce((sum, part, index) => sum + Number(part ?? 0) * (unitSeconds[index] ?? 0), 0);
}
