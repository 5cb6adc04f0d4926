/** What became of repositories and of what they declare. */
import { type Condition, ObjectEventSchema, type Pipeline, type Repository } from "@polyglot/contracts/service";
import { formatAge } from "./amounts.ts";
import { colourState } from "./colour.ts";
import type { View } from "./format.ts";
import { formatTable } from "./table.ts";

export const eventView: View<typeof ObjectEventSchema> = {
  schema: ObjectEventSchema,
  name: (row) => `${row.kind}/${row.name}`,
  columns: [
    { title: "AGE", text: (row, now) => formatAge(row.at, now), align: "right" },
    { title: "OBJECT", text: (row) => `${row.kind}/${row.name}` },
    { title: "REASON", text: (row) => row.reason },
    { title: "MESSAGE", text: (row) => row.message },
    { title: "REVISION", text: (row) => row.revision, wide: true },
  ],
};

interface HistoryRow {
  readonly repository: Repository;
  readonly revision: string;
  readonly at: Repository["rounds"][number]["at"];
  readonly result: string;
}

/** One line a look, newest first. */
export function historyText(repositories: readonly Repository[], nowMs: number): string {
  const rows: HistoryRow[] = repositories.flatMap((repository) =>
    repository.rounds.map(({ revision, at, result }) => ({ repository, revision, at, result })),
  );
  return formatTable(
    rows,
    [
      { title: "REPOSITORY", text: (row) => row.repository.name },
      { title: "REVISION", text: (row) => row.revision.slice(0, revisionCharacters) },
      { title: "RESULT", text: (row) => colourState(row.result) },
      { title: "AGE", text: (row, now) => formatAge(row.at, now), align: "right" },
      { title: "STANDING", text: standingOf },
    ],
    nowMs,
  );
}

const revisionCharacters = 12;

function standingOf({ repository, revision }: HistoryRow): string {
  const { heldRevision, heldBy, heldReason, quarantined, appliedRevision, revisions } = repository;
  if (revision === heldRevision) return `in force, held by ${heldBy}${heldReason === "" ? "" : `: ${heldReason}`}`;
  if (quarantined.includes(revision)) return "quarantined";
  if (revision === appliedRevision) return "in force";
  return revisions.some((one) => one.revision === revision) ? "can be gone back to" : "";
}

/** A repository, and below it what it declares with how that stands. */
export function treeText(repositories: readonly Repository[], pipelines: readonly Pipeline[]): string {
  const byId = new Map(pipelines.map((pipeline) => [pipeline.pipelineId, pipeline]));
  return repositories.flatMap((repository) => repositoryLines(repository, byId)).join("\n");
}

function repositoryLines(repository: Repository, pipelines: ReadonlyMap<string, Pipeline>): string[] {
  const { name, appliedRevision, conditions, inventory } = repository;
  const at = appliedRevision === "" ? "" : ` at ${appliedRevision.slice(0, revisionCharacters)}`;
  const head = `GitRepository/${name}${at}  ${conditionsText(conditions)}`;
  return [
    head,
    ...inventory.map((id, index) => {
      const sign = index === inventory.length - 1 ? "└─" : "├─";
      const pipeline = pipelines.get(id);
      return pipeline === undefined
        ? `${sign} ${id}`
        : `${sign} Pipeline/${id}  ${conditionsText(pipeline.conditions)}`;
    }),
  ];
}

/** The good ones by name alone, the others with why. */
function conditionsText(conditions: readonly Condition[]): string {
  return conditions.flatMap(conditionText).join(", ");
}

const goodWhenTrue = new Set(["Ready", "Prepared"]);

function conditionText({ type, status, reason, message }: Condition): string[] {
  if (goodWhenTrue.has(type)) {
    return [
      status === "True"
        ? colourState(type)
        : `${type}: ${colourState(status)} (${reason}: ${message.split("\n")[0] ?? ""})`,
    ];
  }
  return status === "True" ? [`${type} (${reason}: ${message.split("\n")[0] ?? ""})`] : [];
}
