/**
 * Identifiers. Each is a branded string, so that one cannot be passed where another is meant.
 * They are checked where they enter (`parseX` answers undefined for anything else) and trusted inside.
 */
import { v7 } from "uuid";

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** `namespace#Pipeline`, e.g. `io.github.alice>ETL#ProcessData`: the id of every message, table and command. */
export type PipelineId = Branded<"PipelineId">;
/** UUID version 7 (RFC 9562), so that ids sort by the time of their making. */
export type ExecutionId = Branded<"ExecutionId">;
/** `sha256:` and 64 hexadecimal digits over the canonical bytes of a plan. */
export type PlanDigest = Branded<"PlanDigest">;
/** `sha256:` and 64 hexadecimal digits over the archive of a bundle. */
export type BundleDigest = Branded<"BundleDigest">;
export type AgentId = Branded<"AgentId">;

const namespacePattern = /^[A-Za-z][\w.-]*(?:>[A-Za-z][\w.-]*)*$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;
const agentPattern = /^[a-z0-9][a-z0-9.-]{0,62}$/;

export const isNamespace = (text: string): boolean => namespacePattern.test(text);

export const createExecutionId = (): ExecutionId => v7() as ExecutionId;

export function createPipelineId(namespace: string, name: string): PipelineId {
  return `${namespace}#${name}` as PipelineId;
}

/** The namespace and the name that a pipeline id joins. */
export function splitPipelineId(id: PipelineId): { readonly namespace: string; readonly name: string } {
  const hash = id.indexOf("#");
  return { namespace: id.slice(0, hash), name: id.slice(hash + 1) };
}

export function parsePlanDigest(text: string): PlanDigest | undefined {
  return digestPattern.test(text) ? (text as PlanDigest) : undefined;
}

export function parseBundleDigest(text: string): BundleDigest | undefined {
  return digestPattern.test(text) ? (text as BundleDigest) : undefined;
}

/** An agent's name: lower-case letters, digits, dots and hyphens, at most 63, as in a host name. */
export function parseAgentId(text: string): AgentId | undefined {
  return agentPattern.test(text) ? (text as AgentId) : undefined;
}
