/** Values of `-o`. A file of its own, so that a list of flags loads none of what writes them. */
export const formats = ["table", "json", "yaml", "wide", "name"] as const;
export type Format = (typeof formats)[number];
