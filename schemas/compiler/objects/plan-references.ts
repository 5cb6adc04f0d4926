/** Objects that plans name: a webhook's secret, a trigger's connection, `|U.Secret.Get`. */
import {
  type CanonicalValue,
  type Expression,
  isEndpoint,
  type ReferenceTarget,
  type TriggerRegistration,
} from "@polyglot/contracts";
import type { CheckedPipeline } from "../check/pipeline.ts";

export interface PlanReference {
  readonly target: ReferenceTarget;
  readonly name: string;
  /** The node or trigger that has it, as the plan's positions name it. */
  readonly node: string;
}

interface NamingParameter {
  readonly target: ReferenceTarget;
  readonly parameter: string;
  /** Whether a text of another form may stand there too: a URL is no name. */
  readonly isName?: (text: string) => boolean;
}

const isNoUrl = (text: string): boolean => !text.includes(":");

/** Parameters of the library whose texts are names of objects. */
const namingParameters: Readonly<Record<string, NamingParameter>> = {
  "T.Message.RabbitMQMessage": { target: "Connection", parameter: "connection" },
  "T.Message.KafkaMessage": { target: "Connection", parameter: "connection" },
  "T.Message.RedisStream": { target: "Connection", parameter: "connection" },
  "T.Message.QueueReceived": { target: "Connection", parameter: "connection" },
  "U.Secret.Get": { target: "Secret", parameter: "name" },
  "U.Database.Connect": { target: "Connection", parameter: "url", isName: isNoUrl },
  "U.Database.Query": { target: "Connection", parameter: "db", isName: isNoUrl },
  "U.Database.Execute": { target: "Connection", parameter: "db", isName: isNoUrl },
  "W.Network.Http.Client": { target: "Connection", parameter: "base_url", isName: isNoUrl },
  "W.Database.PostgreSQL.Connection": { target: "Connection", parameter: "url", isName: isNoUrl },
  "W.Database.Redis.Connection": { target: "Connection", parameter: "url", isName: isNoUrl },
  "W.Database.SQLite.Connection": { target: "Connection", parameter: "url", isName: isNoUrl },
};

const secretsOfEndpoint: readonly NamingParameter[] = [
  { target: "Secret", parameter: "secret" },
  { target: "Secret", parameter: "previous_secret" },
];

/** Names that stand in the plan as they are; what a step computes is known only when it runs. */
export function referencesOfPlan({ body, triggers }: CheckedPipeline): PlanReference[] {
  // Callees are left out: each is a pipeline of its own, with its names at their own places.
  const steps = [body.wrappers, body.setup, body.run, body.cleanup];
  const wrappers = body.wrappers.flatMap(({ node, name, arguments: given }) => referencesOfUse(node, name, given));
  return [...triggers.flatMap(referencesOfTrigger), ...wrappers, ...referencesWithin(steps)];
}

function referencesOfTrigger({ key, name, arguments: values, any }: TriggerRegistration): PlanReference[] {
  const naming = namingParameters[name];
  const namings = isEndpoint(name) ? secretsOfEndpoint : naming === undefined ? [] : [naming];
  const own = namings.flatMap(({ target, parameter }) => {
    const value: CanonicalValue | undefined = values[parameter];
    return typeof value === "string" ? [{ target, name: value, node: key }] : [];
  });
  return [...own, ...any.flatMap(referencesOfTrigger)];
}

/** Steps stand in steps, in branches, in handlers, in macros: wherever a call is, it is found. */
function referencesWithin(part: unknown): PlanReference[] {
  if (typeof part !== "object" || part === null) return [];
  const inner = Object.values(part).flatMap(referencesWithin);
  return isLibraryCall(part) ? [...referencesOfCall(part), ...inner] : inner;
}

interface LibraryCall {
  readonly node: string;
  readonly target: { readonly kind: "library"; readonly name: string };
  readonly arguments: readonly { readonly name?: string | undefined; readonly value: Expression }[];
}

function isLibraryCall(part: object): part is LibraryCall {
  const { kind, target } = part as { readonly kind?: unknown; readonly target?: { readonly kind?: unknown } };
  return kind === "call" && target?.kind === "library";
}

function referencesOfCall({ node, target: { name }, arguments: given }: LibraryCall): PlanReference[] {
  return referencesOfUse(node, name, given);
}

function referencesOfUse(node: string, name: string, given: LibraryCall["arguments"]): PlanReference[] {
  const naming = namingParameters[name];
  const value = (given.find((one) => one.name === naming?.parameter) ?? given.find((one) => one.name === undefined))
    ?.value;
  if (naming === undefined || value?.kind !== "literal" || typeof value.value !== "string") return [];
  if (naming.isName?.(value.value) === false) return [];
  return [{ target: naming.target, name: value.value, node }];
}
