/**
 * Who may call what. The decision is bound to the method that the router matched, never to a path's text, and a method
 * without an entry here keeps the server from starting.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { type AgentId, parseAgentId } from "@polyglot/contracts";
import type { DescService } from "@bufbuild/protobuf";
import type { Queryable } from "../store/database.ts";
import { readUserToken } from "../store/tokens.ts";
import { apiError } from "./api-error.ts";
import { agentIdOf } from "./authority.ts";

/** Each role may do what the ones before it may. */
export const roles = ["viewer", "operator", "secret-admin", "admin"] as const;
export type Role = (typeof roles)[number];
/** Starts pipelines through their triggers, and may do nothing else. */
export const hookRole = "hook";

export type Requirement =
  | { readonly kind: "role"; readonly role: Role }
  /** Of a token that may start pipelines: `hook`, `operator` and what stands above it. */
  | { readonly kind: "trigger" }
  | { readonly kind: "agent" }
  /** The method itself takes a one-time token out of the request. */
  | { readonly kind: "join-token" }
  /** The route itself looks at who has signed the request. */
  | { readonly kind: "signature" }
  | { readonly kind: "public" };

export type Principal =
  | { readonly kind: "user"; readonly name: string; readonly role: Role | typeof hookRole }
  | { readonly kind: "agent"; readonly agentId: AgentId }
  | { readonly kind: "anonymous" };

const viewer = { kind: "role", role: "viewer" } as const;
const operator = { kind: "role", role: "operator" } as const;
const secretAdmin = { kind: "role", role: "secret-admin" } as const;
const admin = { kind: "role", role: "admin" } as const;
const agent = { kind: "agent" } as const;

/** `Service/Method`, or the path of a plain HTTP route. */
const requirements: Readonly<Record<string, Requirement>> = {
  "polyglot.v1.PolyglotService/Activate": operator,
  "polyglot.v1.PolyglotService/Run": operator,
  "polyglot.v1.PolyglotService/GetExecution": viewer,
  "polyglot.v1.PolyglotService/WaitExecution": viewer,
  "polyglot.v1.PolyglotService/ListExecutions": viewer,
  "polyglot.v1.PolyglotService/CancelExecution": operator,
  "polyglot.v1.PolyglotService/ApproveExecution": operator,
  "polyglot.v1.PolyglotService/ReplayExecution": operator,
  "polyglot.v1.PolyglotService/ReadLogs": viewer,
  "polyglot.v1.PolyglotService/ListArtifacts": viewer,
  "polyglot.v1.PolyglotService/ReadArtifact": viewer,
  "polyglot.v1.PolyglotService/ListPipelines": viewer,
  "polyglot.v1.PolyglotService/DescribePipeline": viewer,
  "polyglot.v1.PolyglotService/ListRepositories": viewer,
  "polyglot.v1.PolyglotService/ListQueues": viewer,
  "polyglot.v1.PolyglotService/ChangeQueue": operator,
  "polyglot.v1.PolyglotService/PrioritiseWaiting": operator,
  "polyglot.v1.PolyglotService/ListAgents": viewer,
  "polyglot.v1.PolyglotService/CordonAgent": operator,
  "polyglot.v1.PolyglotService/ListTriggers": viewer,
  "polyglot.v1.PolyglotService/ListSchedules": viewer,
  "polyglot.v1.PolyglotService/ListCalendars": viewer,
  "polyglot.v1.PolyglotService/Backfill": operator,
  "polyglot.v1.PolyglotService/ListAlerts": viewer,
  "polyglot.v1.PolyglotService/ListActivations": viewer,
  "polyglot.v1.PolyglotService/ListDeadLetters": viewer,
  "polyglot.v1.PolyglotService/GroupDeadLetters": viewer,
  "polyglot.v1.PolyglotService/GetDeadLetter": viewer,
  "polyglot.v1.PolyglotService/EditDeadLetter": operator,
  "polyglot.v1.PolyglotService/RequeueDeadLetters": operator,
  "polyglot.v1.PolyglotService/DropDeadLetters": operator,
  "polyglot.v1.PolyglotService/PlanChanges": viewer,
  // It decides what code runs.
  "polyglot.v1.PolyglotService/Apply": admin,
  "polyglot.v1.PolyglotService/Reconcile": operator,
  "polyglot.v1.PolyglotService/RollbackRepository": operator,
  "polyglot.v1.PolyglotService/SuspendRepository": operator,
  "polyglot.v1.PolyglotService/ListEvents": viewer,
  "polyglot.v1.PolyglotService/WatchOverview": viewer,
  // Names and where values come from, as git has them too.
  "polyglot.v1.PolyglotService/ListSecrets": viewer,
  "polyglot.v1.PolyglotService/SetSecret": secretAdmin,
  "polyglot.v1.PolyglotService/DeleteSecret": secretAdmin,
  "polyglot.v1.PolyglotService/CreateJoinToken": admin,
  "polyglot.v1.PolyglotService/CreateToken": admin,
  "polyglot.v1.PolyglotService/ListTokens": admin,
  "polyglot.v1.PolyglotService/RevokeTokens": admin,
  "polyglot.v1.AgentService/Join": { kind: "join-token" },
  "polyglot.v1.AgentService/RenewCertificate": agent,
  "polyglot.v1.AgentService/Connect": agent,
  "polyglot.v1.AgentService/FetchBundle": agent,
  "polyglot.v1.AgentService/ReadState": agent,
  "polyglot.v1.AgentService/WriteState": agent,
  "polyglot.v1.AgentService/IncrementState": agent,
  "polyglot.v1.AgentService/SaveCheckpoint": agent,
  "polyglot.v1.AgentService/ReadCheckpoint": agent,
  "polyglot.v1.AgentService/ReadCache": agent,
  "polyglot.v1.AgentService/WriteCache": agent,
  "polyglot.v1.AgentService/PutArtifact": agent,
  "polyglot.v1.AgentService/GetArtifact": agent,
  "polyglot.v1.AgentService/StartExecution": agent,
  "polyglot.v1.AgentService/GetSecret": agent,
  "polyglot.v1.AgentService/GetConnection": agent,
  "/healthz": { kind: "public" },
  // One word, for load balancers, which hold no tokens.
  "/readyz": { kind: "public" },
  "/metrics": viewer,
  "/t/openapi.json": viewer,
  // Who may is declared by each endpoint's `auth:`; a webhook's signature is its sender's right.
  "/t/": { kind: "trigger" },
  "/hooks/": { kind: "signature" },
  "/reconcile/": { kind: "signature" },
};

/** Throws where a route has no entry. */
export function requirementOf(route: string): Requirement {
  const requirement = Object.hasOwn(requirements, route) ? requirements[route] : undefined;
  if (requirement === undefined) throw new Error(`the route '${route}' declares no authorisation`);
  return requirement;
}

export const routesOf = (service: DescService): string[] =>
  service.methods.map((method) => `${service.typeName}/${method.name}`);

/** What the connection says of the caller. */
export interface Peer {
  /** The chain leads to the own authority and is in its time. */
  readonly verified: boolean;
  readonly subjectAltName: string | undefined;
  readonly tlsVersion: string | undefined;
}

const scheme = /^Bearer +([\w\-.~+/=]{16,512})$/i;

/** Answers who calls, or throws why they may not. */
export async function authorise(
  requirement: Requirement,
  header: string | null,
  peer: Peer,
  database: Queryable,
): Promise<Principal> {
  switch (requirement.kind) {
    case "public":
    case "signature":
    case "join-token":
      return { kind: "anonymous" };
    case "agent":
      return authoriseAgent(peer);
    case "trigger":
      return authoriseUser("operator", header, database, hookRole);
    case "role":
      return authoriseUser(requirement.role, header, database);
  }
}

function authoriseAgent(peer: Peer): Principal {
  const id = agentIdOf(peer.subjectAltName);
  if (!peer.verified || id === undefined) throw apiError("auth/missing", "this method takes an agent's certificate");
  if (peer.tlsVersion !== "TLSv1.3") throw apiError("auth/forbidden", "agents speak TLS 1.3");
  const agentId = parseAgentId(id);
  if (agentId === undefined) throw apiError("agent/unknown", "the certificate's name is not an agent's");
  return { kind: "agent", agentId };
}

async function authoriseUser(
  role: Role,
  header: string | null,
  database: Queryable,
  besides?: typeof hookRole,
): Promise<Principal> {
  if (header === null || header === "") throw apiError("auth/missing", "the request carries no token");
  const token = scheme.exec(header)?.[1];
  const user = token === undefined ? undefined : await findUser(token, database);
  if (user === undefined) throw apiError("auth/invalid", "the token is unknown, expired or revoked");
  if (user.role !== besides && rankOf(user.role) < rankOf(role)) {
    throw apiError("auth/forbidden", `this takes the role '${role}', the token has '${user.role}'`);
  }
  return { kind: "user", ...user };
}

type User = Pick<Extract<Principal, { kind: "user" }>, "name" | "role">;

/** Below all others where it is none of theirs. */
const rankOf = (role: User["role"]): number => roles.indexOf(role as Role);

async function findUser(token: string, database: Queryable): Promise<User | undefined> {
  const hash = hashToken(token);
  const row = await readUserToken(database, hash);
  if (row === undefined || !timingSafeEqual(hash, row.token_hash)) return undefined;
  const role = [...roles, hookRole].find((known): known is User["role"] => known === row.role);
  return role === undefined ? undefined : { name: row.name, role };
}

/** Tokens have 256 random bits, so one round of sha256 keeps them. */
export const hashToken = (token: string): Uint8Array => createHash("sha256").update(token).digest();
