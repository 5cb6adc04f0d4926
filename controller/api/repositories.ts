/** What people order of repositories beside what their objects say, and what became of objects. */
import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import {
  ListEventsResponseSchema,
  type ObjectEvent,
  ObjectEventSchema,
  type PolyglotService,
  RollbackRepositoryResponseSchema,
  SuspendRepositoryResponseSchema,
} from "@polyglot/contracts/service";
import type { Clock } from "@polyglot/service";
import type { Reconciler } from "../gitops/reconciler.ts";
import { findRepository, type FoundRepository } from "../gitops/repository-files.ts";
import { parseStatus } from "../gitops/repository-status.ts";
import type { Database } from "../store/database.ts";
import { type EventRow, readEvents, writeEvents } from "../store/events.ts";
import type { StoredObject } from "../store/objects.ts";
import {
  confirmPrune,
  holdRevision,
  readRepositoryOrders,
  readRevisions,
  suspendRepository,
} from "../store/revisions.ts";
import { apiError } from "./api-error.ts";
import { callingUser, principalKey } from "./interceptor.ts";
import { pageSize } from "./page-size.ts";

const limits = {
  reasonCharacters: 1_000,
  messageCharacters: 2_000,
  /** Digits of a commit that name it. */
  leastDigits: 4,
} as const;

export interface RepositoryParts {
  readonly database: Database;
  readonly reconciler: Pick<Reconciler, "ask">;
  readonly clock: Clock;
}

type Methods = "rollbackRepository" | "suspendRepository" | "listEvents";

export function repositoryMethods(parts: RepositoryParts): Pick<ServiceImpl<typeof PolyglotService>, Methods> {
  const { database, reconciler } = parts;
  return {
    async rollbackRepository({ repository: name, revision: text, reason }, context) {
      if (reason.length > limits.reasonCharacters) {
        throw apiError("request/invalid", `a reason has at most ${limits.reasonCharacters} characters`, "reason");
      }
      const { object } = await requireRepository(database, name);
      const newest = parseStatus(object.status).observed_revision;
      if (newest === undefined)
        throw apiError("request/invalid", `no commit of '${name}' was looked at yet`, "repository");
      const revision = await chooseRevision(parts, object, newest, text);
      const by = userOf(context);
      const said = `holds ${revision.slice(0, 12)} instead of ${newest.slice(0, 12)}, by ${by}${reason === "" ? "" : `: ${reason}`}`;
      await order(parts, name, "RolledBack", said, (transaction, at) =>
        holdRevision(transaction, { repository: name, revision, quarantined: [newest], by, reason, at }),
      );
      await reconciler.ask(name);
      const [orders] = await readRepositoryOrders(database, name);
      return create(RollbackRepositoryResponseSchema, {
        revision,
        quarantined: [...(orders?.quarantined ?? [newest])],
      });
    },

    async suspendRepository({ repository: name, suspend }, context) {
      await requireRepository(database, name);
      const by = userOf(context);
      await order(parts, name, suspend ? "Suspended" : "Resumed", `by ${by}`, (transaction, at) =>
        suspendRepository(transaction, name, suspend ? by : null, at),
      );
      await reconciler.ask(name);
      return create(SuspendRepositoryResponseSchema);
    },

    async listEvents({ kind, name, repository, limit }) {
      const hash = name.indexOf("#");
      const filter = { kind, repository, namespace: name.slice(0, Math.max(0, hash)), name: name.slice(hash + 1) };
      const rows = await readEvents(database, filter, pageSize(limit));
      return create(ListEventsResponseSchema, { events: rows.map(toEvent) });
    },
  };
}

/** Refuses a hash that is not the list's of now: who confirms has seen what goes. */
export async function confirmPruneOf(
  parts: RepositoryParts,
  name: string,
  hash: string,
  context: HandlerContext,
): Promise<void> {
  const { object } = await requireRepository(parts.database, name);
  const now = parseStatus(object.status).pruning;
  if (now?.hash !== hash) {
    const said = now === undefined ? "nothing waits to go" : `the list of now has ${now.hash}`;
    throw apiError("apply/moved", `'${hash.slice(0, 100)}' confirms nothing of '${name}': ${said}`, "confirm_prune");
  }
  const message = `${now.names.join(", ").slice(0, limits.messageCharacters)}, by ${userOf(context)}`;
  await order(parts, name, "PruneConfirmed", message, (transaction, at) => confirmPrune(transaction, name, hash, at));
}

const userOf = ({ values }: HandlerContext): string => callingUser(values.get(principalKey));

/** Written together with what tells of it. */
function order(
  { database, clock }: RepositoryParts,
  name: string,
  reason: string,
  message: string,
  write: (transaction: Parameters<Parameters<Database["transaction"]>[0]>[0], at: Date) => Promise<void>,
): Promise<void> {
  const at = new Date(clock.now());
  return database.transaction(async (transaction) => {
    await write(transaction, at);
    const event = { kind: "GitRepository", namespace: "", name, reason, message };
    await writeEvents(transaction, [event], { repository: name, revision: null }, at);
  });
}

export async function requireRepository(
  database: Database,
  name: string,
): Promise<Extract<FoundRepository, { kind: "found" }>> {
  const found = await findRepository(database, name);
  if (found.kind === "found") return found;
  const known = found.known.join(", ") || "none";
  throw apiError("request/invalid", `no repository '${name}'; there are: ${known}`, "repository");
}

/** The one in force before the newest commit, or the one that `text` begins. */
async function chooseRevision(
  { database }: RepositoryParts,
  { name }: StoredObject,
  newest: string,
  text: string,
): Promise<string> {
  const known = (await readRevisions(database, name)).map(({ revision }) => revision);
  const [orders] = await readRepositoryOrders(database, name);
  const current = orders?.held_revision ?? newest;
  const fits = (one: string) => (text === "" ? one !== newest && one !== current : one.startsWith(text));
  const [found, other] = text !== "" && text.length < limits.leastDigits ? [] : known.filter(fits);
  if (found !== undefined && (text === "" || other === undefined)) return found;
  const listed = known.map((one) => one.slice(0, 12)).join(", ") || "none";
  const what =
    text === "" ? "no earlier revision was in force as a whole" : `'${text}' is not one revision that was in force`;
  throw apiError("request/invalid", `${what}; kept are: ${listed}`, "revision");
}

function toEvent({ at, kind, namespace, name, reason, message, repository, revision }: EventRow): ObjectEvent {
  return create(ObjectEventSchema, {
    ...{ kind, reason, message },
    at: timestampFromDate(at),
    name: namespace === "" ? name : `${namespace}#${name}`,
    repository: repository ?? "",
    revision: revision ?? "",
  });
}
