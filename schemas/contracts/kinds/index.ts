/** The kinds that YAML files declare. One entry here is one published schema and one part of `docs/kinds.md`. */
import type { z } from "zod";
import { alert } from "./alert.ts";
import { calendar } from "./calendar.ts";
import { connection } from "./connection.ts";
import { executionerPool } from "./executioner-pool.ts";
import { gitRepository } from "./git-repository.ts";
import { notifier } from "./notifier.ts";
import { pipelineConfig } from "./pipeline-config.ts";
import { queue } from "./queue.ts";
import { resourcePolicy } from "./resource-policy.ts";
import { routingPolicy } from "./routing-policy.ts";
import { secret } from "./secret.ts";

export { alert, type AlertSpec } from "./alert.ts";
export { type AlertMetric, alertMetricNames, alertMetrics } from "./alert-metric.ts";
export { calendar, type CalendarSpec } from "./calendar.ts";
export {
  type BrokerType,
  connection,
  type ConnectionSpec,
  type ConnectionType,
  isBrokerType,
  isConnectionType,
} from "./connection.ts";
export { executionerPool, type ExecutionerPoolSpec } from "./executioner-pool.ts";
export { parseBytes, parsePercent } from "./amounts.ts";
export { parseDurationSeconds } from "./duration.ts";
export * from "./git-repository.ts";
export * from "./metadata.ts";
export { notifier, type NotifierSpec } from "./notifier.ts";
export { isForNamespace } from "./namespaces.ts";
export { findOpenFields } from "./open-fields.ts";
export { pipelineConfig, type PipelineConfigSpec } from "./pipeline-config.ts";
export { queueAlerts, type QueueSpec } from "./queue.ts";
export type { ReferenceTarget } from "./reference.ts";
export { resourcePolicy, type ResourcePolicySpec } from "./resource-policy.ts";
export { routingPolicy, type RoutingPolicySpec } from "./routing-policy.ts";
export { type FieldPath, fieldNamesAt, findReferences, type FoundReference } from "./schema-parts.ts";
export { secret, type SecretSpec } from "./secret.ts";
export type { PipelineSelector } from "./selector.ts";
export { isKeptVariable, isVariableName } from "./variables.ts";

interface KindEntry {
  readonly schema: z.ZodType;
  /** The version whose controller acts on it. */
  readonly since: string;
}

export const declaredKinds = {
  GitRepository: { schema: gitRepository, since: "0.1.0" },
  Queue: { schema: queue, since: "0.1.0" },
  ResourcePolicy: { schema: resourcePolicy, since: "0.1.0" },
  RoutingPolicy: { schema: routingPolicy, since: "0.1.0" },
  ExecutionerPool: { schema: executionerPool, since: "0.1.0" },
  PipelineConfig: { schema: pipelineConfig, since: "0.1.0" },
  Connection: { schema: connection, since: "0.1.0" },
  Secret: { schema: secret, since: "0.1.0" },
  Alert: { schema: alert, since: "0.1.0" },
  Notifier: { schema: notifier, since: "0.1.0" },
  Calendar: { schema: calendar, since: "0.1.0" },
} as const satisfies Record<string, KindEntry>;
export type DeclaredKind = keyof typeof declaredKinds;
