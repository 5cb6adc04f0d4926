import type { ClosedMessage } from "../library/messages.ts";

/** Names that one line tells; the others are counted. */
const maxNames = 10;

/** What an execution left open, a line for each kind of it: `closed 2 files left open: a.csv, b.csv`. */
export function describeLeft(left: ClosedMessage["left"]): string[] {
  const kinds = [...new Set(left.map(({ kind }) => kind))];
  return kinds.map((kind) =>
    describeKind(
      kind,
      left.filter((one) => one.kind === kind),
    ),
  );
}

function describeKind(kind: string, left: ClosedMessage["left"]): string {
  const names = left
    .slice(0, maxNames)
    .map(({ name, problem }) => (problem === undefined ? name : `${name} (${problem})`));
  const more = left.length > maxNames ? ` and ${left.length - maxNames} more` : "";
  return `closed ${left.length} ${kind}${left.length === 1 ? "" : "s"} left open: ${names.join(", ")}${more}`;
}
