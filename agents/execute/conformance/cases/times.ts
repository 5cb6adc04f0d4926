/** Times to text and back. */
import type { Case } from "../case.ts";
import { datetime, gives, refuses } from "../library-case.ts";

const summer = datetime("2026-07-15T10:30:00.123456789Z");

export const times: readonly Case[] = [
  gives("U.Time.Format", [summer], "2026-07-15T10:30:00.123456789Z"),
  gives("U.Time.Format", [summer, null, "Europe/Berlin"], "2026-07-15T12:30:00.123456789+02:00"),
  gives("U.Time.Format", [datetime("1969-12-31T23:59:59.9999Z"), "yyyy SSS"], "1969 999"),
  gives(
    "U.Time.Format",
    [summer, "cccc, d. MMMM yyyy 'at' HH:mm ZZZZ", "Asia/Kolkata"],
    "Wednesday, 15. July 2026 at 16:00 GMT+5:30",
  ),
  gives("U.Time.Format", [datetime("2026-01-15T10:30:00Z"), "HH:mm", "Europe/Berlin"], "11:30"),
  gives("U.Time.Parse", ["2026-07-15T12:30:00.123456789+02:00"], summer),
  gives("U.Time.Parse", ["2026-07-15"], datetime("2026-07-15T00:00:00Z")),
  gives("U.Time.Parse", ["15.07.2026 12:30", "dd.MM.yyyy HH:mm", "Europe/Berlin"], datetime("2026-07-15T10:30:00Z")),
  gives(
    "U.Time.Parse",
    ["15 Jul 2026 12:30 +0100", "d LLL yyyy HH:mm ZZZ", "Europe/Berlin"],
    datetime("2026-07-15T11:30:00Z"),
  ),
  refuses("U.Time.Parse", ["yesterday"], "ConversionError"),
  refuses("U.Time.Parse", ["31.02.2026", "dd.MM.yyyy"], "ConversionError"),
  refuses(
    "U.Time.Format",
    [summer, "HH:mm", "Mars/Phobos"],
    "ValidationError",
    `'timezone' is a name of the IANA database like "Europe/Berlin", got "Mars/Phobos"`,
  ),
  refuses("U.Time.Format", ["2026-07-15"], "ConversionError", "'time' is to be a date-time, and is a text"),
  refuses("U.Time.Format", [summer, ""], "ValidationError", "'format' has 1 to 200 characters, got 0"),
];
