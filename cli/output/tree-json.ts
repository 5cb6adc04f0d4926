interface Source {
  readonly text: string;
  position(offset: number): { readonly line: number; readonly column: number };
}

/** A syntax tree for reading: places as `line:column-line:column`, the end behind the last character; no source text. */
export function treeJson(tree: { readonly source: Source }): string {
  const { source, ...blocks } = tree;
  return JSON.stringify(convert(blocks, source), undefined, 2);
}

function convert(value: unknown, source: Source): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (Array.isArray(value)) return value.map((item) => convert(item, source));
  if (typeof value !== "object" || value === null) return value;
  const { start, end, ...rest } = value as { start?: unknown; end?: unknown };
  const fields = Object.entries(rest).map(([name, field]) => [name, convert(field, source)]);
  const isSpan = typeof start === "number" && typeof end === "number";
  return Object.fromEntries(isSpan ? [...fields, ["at", `${place(source, start)}-${place(source, end)}`]] : fields);
}

function place(source: Source, offset: number): string {
  const { line, column } = source.position(offset);
  return `${line}:${column}`;
}
