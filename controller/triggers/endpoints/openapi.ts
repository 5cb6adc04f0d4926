/** All that the trigger API answers, as an OpenAPI 3.1 document. Pure. */
import {
  kindOfType,
  parseTypeName,
  plainJson,
  type PlanInput,
  type TriggerRegistration,
  type TypeKind,
} from "@polyglot/contracts";
import type { Endpoint, HttpEndpoint, WebhookEndpoint } from "@polyglot/contracts";
import type { RegisteredPipeline } from "../catalog.ts";
import type { RegisteredEndpoint } from "./endpoint-table.ts";

type Json = { readonly [key: string]: unknown };

const startMethod = "/polyglot.v1.PolyglotService/Run";
const apiTrigger = "T.Polyglot.Application.Api";

export function createOpenApi(
  endpoints: readonly RegisteredEndpoint[],
  pipelines: Iterable<RegisteredPipeline>,
  url: string,
): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const at of endpoints) {
    if (at.problem !== undefined) continue;
    const path = `${at.endpoint.kind === "http" ? "/t" : "/hooks"}${templateOf(at.endpoint)}`;
    const method = at.endpoint.kind === "http" ? at.endpoint.method.toLowerCase() : "post";
    // Several pipelines may take one webhook: the first by name stands for all.
    paths[path] = { [method]: operationOf(at), ...paths[path] };
  }
  const started = [...pipelines].filter(({ plan }) => plan.triggers.some(isApi));
  if (started.length > 0) paths[startMethod] = { post: startOperation(started) };
  return {
    openapi: "3.1.0",
    info: { title: "Polyglot triggers", version: "1" },
    servers: [{ url }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        basic: { type: "http", scheme: "basic" },
        mtls: { type: "mutualTLS" },
        hmac: { type: "apiKey", in: "header", name: "X-Signature" },
      },
    },
  };
}

const isApi = (trigger: TriggerRegistration): boolean => trigger.name === apiTrigger || trigger.any.some(isApi);

const templateOf = ({ parts }: Endpoint): string =>
  parts.map((part) => ("word" in part ? `/${part.word}` : `/{${part.parameter}}`)).join("");

function operationOf(at: RegisteredEndpoint): Json {
  const { pipeline, trigger, endpoint } = at;
  return {
    operationId: `${pipeline.id}/${trigger.key}`,
    summary: `Starts ${pipeline.id}`,
    tags: [pipeline.id.split("#")[0]],
    ...(endpoint.kind === "http" ? httpPart(endpoint) : hookPart(endpoint)),
  };
}

function httpPart(endpoint: HttpEndpoint): Json {
  const { auth, parts, schema, waitMs, method } = endpoint;
  const params = parts.flatMap((part) =>
    "parameter" in part ? [{ name: part.parameter, in: "path", required: true, schema: { type: "string" } }] : [],
  );
  const key = {
    name: "Idempotency-Key",
    in: "header",
    schema: { type: "string", maxLength: 512 },
    description: "The same key starts the pipeline once",
  };
  const body = {
    required: schema !== undefined,
    content: json(schema === undefined ? {} : (plainJson(schema) as Json)),
  };
  const outcomes =
    waitMs === undefined
      ? {}
      : { 200: answer("It succeeded", "Outcome"), 500: answer("It did not succeed", "Outcome") };
  return {
    parameters: [...params, key],
    ...(method === "GET" && schema === undefined ? {} : { requestBody: body }),
    security: [{ [auth === "token" ? "bearer" : auth]: [] }],
    responses: { ...outcomes, 202: answer("The start is committed", "Accepted"), ...refusals(endpoint) },
  };
}

function hookPart(endpoint: WebhookEndpoint): Json {
  return {
    description: `A webhook of ${endpoint.provider}, signed by its sender`,
    requestBody: { required: true, content: { "application/json": { schema: {} } } },
    responses: {
      200: { description: "A greeting, or an event that nobody takes" },
      202: answer("The starts are committed", "AcceptedWebhook"),
      ...refusals(endpoint),
    },
  };
}

function startOperation(pipelines: readonly RegisteredPipeline[]): Json {
  const oneOf = pipelines.map(({ id, plan }) => ({
    type: "object",
    title: id,
    required: ["pipeline_id"],
    properties: {
      pipeline_id: { const: id },
      inputs: inputsSchema(plan.inputs),
      idempotency_key: { type: "string", maxLength: 512 },
    },
  }));
  return {
    operationId: "run",
    summary: "Starts a pipeline that has |T.Api",
    requestBody: { required: true, content: { "application/json": { schema: { oneOf } } } },
    security: [{ bearer: [] }],
    responses: {
      200: {
        description: "The start is committed",
        content: json({ type: "object", properties: { execution_id: { type: "string" } } }),
      },
    },
  };
}

function inputsSchema(inputs: readonly PlanInput[]): Json {
  const required = inputs.filter((input) => input.default === undefined).map((input) => input.name);
  const properties = Object.fromEntries(
    inputs.map((input) => [
      input.name,
      { ...typeSchema(input.type), ...(input.default === undefined ? {} : { default: input.default }) },
    ]),
  );
  return { type: "object", properties, required, additionalProperties: false };
}

const typeSchemas: Partial<Record<TypeKind, Json>> = {
  text: { type: "string" },
  int: { type: "integer" },
  float: { type: "number" },
  number: { type: "number" },
  bool: { type: "boolean" },
  list: { type: "array" },
  map: { type: "object" },
};

function typeSchema(text: string): Json {
  const type = parseTypeName(text);
  const kind = type && kindOfType(type);
  return { description: text, ...((kind && typeSchemas[kind]) ?? {}) };
}

const json = (schema: Json) => ({ "application/json": { schema } });
const answer = (description: string, schema: keyof typeof schemas) => ({
  description,
  content: json({ $ref: `#/components/schemas/${schema}` }),
});

const retryAfter = { headers: { "Retry-After": { description: "Seconds", schema: { type: "integer" } } } };

const refusals = (endpoint: Endpoint): Json => ({
  401: answer("The credentials are not those that it takes", "Refusal"),
  413: answer("The body is too large", "Refusal"),
  422: answer("The body, or an input, is not what the pipeline takes; `field` names it", "Refusal"),
  429: {
    ...answer(endpoint.rate === undefined ? "Too much waits" : "Too often, or too much waits", "Refusal"),
    ...retryAfter,
  },
  503: { ...answer("The store does not answer; nothing was accepted", "Refusal"), ...retryAfter },
});

const executionId = { type: "string", format: "uuid" } as const;
const duplicate = { type: "boolean", description: "The key came before; the execution is that of the first" } as const;

const schemas = {
  Accepted: {
    type: "object",
    required: ["execution_id", "duplicate"],
    properties: { execution_id: executionId, duplicate },
  },
  AcceptedWebhook: { type: "object", properties: { execution_ids: { type: "array", items: executionId }, duplicate } },
  Outcome: {
    type: "object",
    properties: {
      execution_id: executionId,
      duplicate,
      outcome: { enum: ["succeeded", "failed", "killed", "dead_lettered", "cancelled"] },
      outputs: { type: "object" },
      error: { type: "object", properties: { type: { type: "string" }, message: { type: "string" } } },
    },
  },
  Refusal: {
    type: "object",
    properties: {
      error: {
        type: "object",
        required: ["code", "message"],
        properties: { code: { type: "string" }, message: { type: "string" }, field: { type: "string" } },
      },
    },
  },
} as const;
