/** What `top` shows of an overview: which rows, in which order, and how many fit. */
import type { Agent, Execution, Overview, Queue, Repository } from "@polyglot/contracts/service";
import { toMs } from "../output/amounts.ts";

export interface Section<Row> {
  readonly rows: readonly Row[];
  /** Rows that there was no room for. */
  readonly hidden: number;
}

export interface Sections {
  readonly agents: Section<Agent>;
  readonly queues: Section<Queue>;
  readonly repositories: Section<Repository>;
  readonly executions: Section<Execution>;
}

/** Lines that are no rows: title, footer, and for each of four sections a heading and a blank line. */
const fixedLines = 2 + 4 * 2;

/** Share of the lines that the sections above the executions may take, each. */
const largestShare = 0.25;

/** `lines` of the terminal; with fewer than 24 the executions get what is left, at least one. */
export function layOut(overview: Overview, lines: number): Sections {
  const free = Math.max(4, lines - fixedLines);
  const most = Math.max(1, Math.floor(free * largestShare));
  const agents = cut(sortAgents(overview.agents), most);
  const queues = cut(sortQueues(overview.queues), most);
  const repositories = cut(sortRepositories(overview.repositories), most);
  const used = [agents, queues, repositories].reduce((sum, section) => sum + Math.max(1, height(section)), 0);
  return {
    agents,
    queues,
    repositories,
    executions: cut(sortExecutions(overview.executions), Math.max(1, free - used)),
  };
}

/** A last line says how many rows are hidden. */
function cut<Row>(rows: readonly Row[], most: number): Section<Row> {
  if (rows.length <= most) return { rows, hidden: 0 };
  const shown = Math.max(1, most - 1);
  return { rows: rows.slice(0, shown), hidden: rows.length - shown };
}

const height = (section: Section<unknown>): number => section.rows.length + (section.hidden > 0 ? 1 : 0);

/** Lost agents first: they need a person. */
const sortAgents = (agents: readonly Agent[]): Agent[] =>
  agents.toSorted((a, b) => rank(a.state === "lost", b.state === "lost") || byText(a.agentId, b.agentId));

/** The most work first. */
const sortQueues = (queues: readonly Queue[]): Queue[] =>
  queues.toSorted((a, b) => Number(b.waiting + b.running) - Number(a.waiting + a.running) || byText(a.name, b.name));

const sortRepositories = (repositories: readonly Repository[]): Repository[] =>
  repositories.toSorted((a, b) => rank(!isReady(a), !isReady(b)) || byText(a.name, b.name));

export const isReady = (repository: Repository): boolean =>
  repository.conditions.some(({ type, status }) => type === "Ready" && status === "True");

const stateOrder: Readonly<Record<string, number>> = { running: 0, waiting: 1 };

/** What runs, then what waits, then what ended last. */
const sortExecutions = (executions: readonly Execution[]): Execution[] =>
  executions.toSorted(
    (a, b) => (stateOrder[a.state] ?? 2) - (stateOrder[b.state] ?? 2) || lastChange(b) - lastChange(a),
  );

function lastChange(execution: Execution): number {
  const at = execution.endedAt ?? execution.startedAt ?? execution.enqueuedAt;
  return at === undefined ? 0 : toMs(at);
}

const rank = (a: boolean, b: boolean): number => Number(b) - Number(a);
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
