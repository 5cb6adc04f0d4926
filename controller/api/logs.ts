import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { isOutcome } from "@polyglot/contracts";
import { type LogBatch, LogBatchSchema, type PolyglotService } from "@polyglot/contracts/service";
import type { Clock } from "@polyglot/service";
import type { Queryable } from "../store/database.ts";
import { type LogPage, type LogPosition, readLogLines, readStates } from "../store/listings.ts";
import type { AgentReports } from "./agent-reports.ts";
import type { Endings } from "./endings.ts";
import { resolveExecution } from "./executions.ts";
import { toLogLine } from "./to-message.ts";

const limits = {
  lines: 1_000,
  /** An agent may report to another controller, whose lines nobody tells here. */
  rereadMs: 1_000,
  /** Lines and results are committed apart, so the last lines may come this much after the end. */
  settleMs: 250,
} as const;

export interface LogParts {
  readonly database: Queryable;
  readonly reports: Pick<AgentReports, "onLines">;
  readonly endings: Endings;
  readonly clock: Clock;
}

export function logMethods(parts: LogParts): Pick<ServiceImpl<typeof PolyglotService>, "readLogs"> {
  return {
    async *readLogs({ executionId, follow, step }, context) {
      const id = await resolveExecution(parts.database, executionId);
      const reader = new LogReader(parts.database, id, step);
      if (follow) yield* followLines(parts, reader, context.signal);
      else yield* reader.rest();
    },
  };
}

/** Reads on from the last line that it looked at. */
class LogReader {
  readonly id: string;
  readonly #database: Queryable;
  readonly #step: string;
  #after: LogPosition = { attemptNo: 0, sequence: 0 };

  constructor(database: Queryable, id: string, step: string) {
    this.#database = database;
    this.id = id;
    this.#step = step;
  }

  async *rest(): AsyncGenerator<LogBatch> {
    let page: LogPage;
    do {
      page = await readLogLines(this.#database, this.id, this.#after, this.#step, limits.lines);
      this.#after = page.end ?? this.#after;
      if (page.lines.length === 0) continue;
      yield create(LogBatchSchema, { lines: page.lines.map((row) => toLogLine(this.id, row)) });
    } while (page.isFull);
  }
}

async function* followLines(parts: LogParts, reader: LogReader, signal: AbortSignal): AsyncGenerator<LogBatch> {
  const { clock, endings, reports, database } = parts;
  let wake = new AbortController();
  const stoppers = [reports.onLines(reader.id, () => wake.abort()), endings.onEnd(reader.id, () => wake.abort())];
  try {
    while (!signal.aborted) {
      wake = new AbortController();
      const ended = isOutcome((await readStates(database, [reader.id])).get(reader.id) ?? "");
      if (ended) await clock.sleep(limits.settleMs, signal);
      yield* reader.rest();
      if (ended) return;
      await clock.sleep(limits.rereadMs, AbortSignal.any([wake.signal, signal]));
    }
  } finally {
    for (const stop of stoppers) stop();
  }
}
