/**
 * Hosts, queues, executions and repositories, pushed when something of it changed. The store is read twice a second for
 * all watchers together, and not at all without one: what changes there has many causes, and one look sees them all. What
 * runs is shown as agents told it last.
 */
import { create, equals } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { type Overview, OverviewSchema, type PolyglotService } from "@polyglot/contracts/service";
import { readAgents, readExecutions } from "../store/listings.ts";
import { type ListingParts, listQueues, listRepositories } from "./listings.ts";
import { pageLimits, pageSize } from "./page-size.ts";
import { toAgent, toExecution } from "./to-message.ts";
import { withOpenSteps } from "./with-progress.ts";

const periodMs = 500;

const newestOfAll = { pipelineId: "", state: "", queue: "", before: "" } as const;

export function overviewMethods(parts: ListingParts): Pick<ServiceImpl<typeof PolyglotService>, "watchOverview"> {
  const feed = new OverviewFeed(parts);
  return {
    async *watchOverview({ executions }, { signal }) {
      const count = pageSize(executions);
      let last: Overview | undefined;
      while (!signal.aborted) {
        const next = trimmed(await feed.read(last === undefined ? 0 : periodMs), count);
        if (last === undefined || !sameBut(last, next)) yield next;
        last = next;
        await parts.clock.sleep(periodMs, signal);
      }
    },
  };
}

class OverviewFeed {
  readonly #parts: ListingParts;
  #readAt = Number.NEGATIVE_INFINITY;
  #read: Promise<Overview> | undefined;

  constructor(parts: ListingParts) {
    this.#parts = parts;
  }

  /** A look that is not older than this: who has just come sees what is now, the others share. */
  read(maxAgeMs: number): Promise<Overview> {
    const now = this.#parts.clock.monotonic();
    if (this.#read === undefined || now - this.#readAt >= maxAgeMs) {
      this.#readAt = now;
      this.#read = this.#readStore();
      this.#read.catch(() => {
        this.#read = undefined;
      });
    }
    return this.#read;
  }

  async #readStore(): Promise<Overview> {
    const { database, clock, running } = this.#parts;
    const [agents, queues, executions, repositories] = await Promise.all([
      readAgents(database),
      listQueues(this.#parts),
      readExecutions(database, { ...newestOfAll, limit: pageLimits.max }),
      listRepositories(database, true),
    ]);
    return create(OverviewSchema, {
      agents: agents.map(toAgent),
      queues,
      executions: executions.map((row) => withOpenSteps(toExecution(row), running)),
      repositories,
      at: timestampFromMs(Math.round(clock.now())),
    });
  }
}

const trimmed = (overview: Overview, executions: number): Overview =>
  create(OverviewSchema, { ...overview, executions: overview.executions.slice(0, executions) });

/** The same but for the time of the look. */
function sameBut(a: Overview, b: Overview): boolean {
  return equals(OverviewSchema, withoutTime(a), withoutTime(b));
}

function withoutTime({ agents, queues, executions, repositories }: Overview): Overview {
  return create(OverviewSchema, { agents, queues, executions, repositories });
}
