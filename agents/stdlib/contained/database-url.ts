import { Refused } from "../given.ts";

export const databaseKinds = ["PostgreSQL", "Redis", "SQLite"] as const;
export type DatabaseKind = (typeof databaseKinds)[number];

const schemes: Readonly<Record<string, DatabaseKind>> = {
  postgresql: "PostgreSQL",
  postgres: "PostgreSQL",
  redis: "Redis",
  rediss: "Redis",
  sqlite: "SQLite",
};

/** The scheme decides. The text is not repeated in messages: it may hold a password. */
export function kindOfUrl(url: string): DatabaseKind {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  const kind = scheme !== undefined && Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined;
  if (kind !== undefined) return kind;
  const known = "postgresql://…, redis://… or sqlite:path";
  if (scheme !== undefined)
    throw new Refused("ValidationError", `the scheme '${scheme}' is no database's: give ${known}`);
  throw new Refused(
    "ConfigError",
    `a database is named by its URL, ${known}, or by the name of a Connection: letters, digits, dots and hyphens`,
  );
}

/** For people: the kind and where it is, without user, password and options. */
export function placeOfDatabase(url: string): string {
  const kind = kindOfUrl(url);
  if (kind === "SQLite") return `SQLite ${url.replace(/^sqlite:/i, "").replace(/\?.*$/s, "")}`;
  return URL.canParse(url) ? `${kind} ${new URL(url).host}${new URL(url).pathname}` : kind;
}
