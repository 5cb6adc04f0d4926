/** Which pipelines answer at which address. Built anew at each change of the catalog, so that a look-up touches no plan. */
import {
  type Endpoint,
  type HttpEndpoint,
  isEndpoint,
  parseEndpoint,
  type TriggerRegistration,
  type WebhookEndpoint,
} from "@polyglot/contracts";
import type { Catalog, RegisteredPipeline } from "../catalog.ts";
import { registrationsOf } from "../registrations.ts";
import { BodySchema } from "./body-schema.ts";

export interface RegisteredEndpoint<Kind extends Endpoint = Endpoint> {
  readonly pipeline: RegisteredPipeline;
  readonly trigger: TriggerRegistration;
  readonly endpoint: Kind;
  /** What a body has to be; absent: anything. */
  readonly schema?: BodySchema;
  /** Why nobody is answered here. */
  readonly problem?: string;
}

export type HttpMatch =
  | { readonly kind: "found"; readonly at: RegisteredEndpoint<HttpEndpoint>; readonly params: Record<string, string> }
  | { readonly kind: "method"; readonly allowed: readonly string[] }
  | { readonly kind: "none" };

export class EndpointTable {
  readonly #catalog: Pick<Catalog, "pipelines" | "onChange">;
  readonly #stopListening: () => void;
  #all: readonly RegisteredEndpoint[] = [];
  #http: readonly RegisteredEndpoint<HttpEndpoint>[] = [];
  #hooks: ReadonlyMap<string, readonly RegisteredEndpoint<WebhookEndpoint>[]> = new Map();

  constructor(catalog: Pick<Catalog, "pipelines" | "onChange">) {
    this.#catalog = catalog;
    this.#stopListening = catalog.onChange(() => this.#build());
    this.#build();
  }

  /** All, also those that are not in force, by pipeline. */
  get all(): readonly RegisteredEndpoint[] {
    return this.#all;
  }

  stop(): void {
    this.#stopListening();
  }

  /** `path`: below `/t`, as it was asked for. */
  findHttp(method: string, path: string): HttpMatch {
    const words = wordsOf(path);
    if (words === undefined) return { kind: "none" };
    const here = this.#http.flatMap((at) => {
      const params = match(at.endpoint, words);
      return params === undefined ? [] : [{ at, params }];
    });
    const found = here.find(({ at }) => at.endpoint.method === method);
    if (found !== undefined) return { kind: "found", ...found };
    if (here.length === 0) return { kind: "none" };
    return { kind: "method", allowed: [...new Set(here.map(({ at }) => at.endpoint.method))] };
  }

  /** Several pipelines may take the webhooks of one address. */
  findHooks(path: string): readonly RegisteredEndpoint<WebhookEndpoint>[] {
    return this.#hooks.get(path) ?? [];
  }

  #build(): void {
    const pipelines = [...this.#catalog.pipelines.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    this.#all = withTaken(pipelines.flatMap(endpointsOf));
    const inForce = this.#all.filter(({ problem }) => problem === undefined);
    this.#http = inForce.filter(isHttp).toSorted((a, b) => (shapeOf(a.endpoint) < shapeOf(b.endpoint) ? -1 : 1));
    const hooks = new Map<string, RegisteredEndpoint<WebhookEndpoint>[]>();
    for (const at of inForce.filter(isHook)) hooks.set(at.endpoint.path, [...(hooks.get(at.endpoint.path) ?? []), at]);
    this.#hooks = hooks;
  }
}

const isHttp = (at: RegisteredEndpoint): at is RegisteredEndpoint<HttpEndpoint> => at.endpoint.kind === "http";
const isHook = (at: RegisteredEndpoint): at is RegisteredEndpoint<WebhookEndpoint> => at.endpoint.kind === "webhook";

function endpointsOf(pipeline: RegisteredPipeline): RegisteredEndpoint[] {
  return registrationsOf(pipeline.plan).flatMap((trigger) => {
    if (!isEndpoint(trigger.name)) return [];
    const parsed = parseEndpoint(trigger.name, trigger.arguments);
    // The compiler has refused it; a plan of another version may still hold one.
    if ("fault" in parsed) return [];
    return [withSchema({ pipeline, trigger, endpoint: parsed.value })];
  });
}

function withSchema(at: RegisteredEndpoint): RegisteredEndpoint {
  if (at.endpoint.kind !== "http" || at.endpoint.schema === undefined) return at;
  const schema = BodySchema.compile(at.endpoint.schema);
  return schema instanceof BodySchema ? { ...at, schema } : { ...at, problem: `'schema': ${schema.fault}` };
}

/** An address of `/t` is one pipeline's: that of the least id. */
function withTaken(all: readonly RegisteredEndpoint[]): RegisteredEndpoint[] {
  const owners = new Map<string, string>();
  return all.map((at) => {
    if (!isHttp(at) || at.problem !== undefined) return at;
    const place = `${at.endpoint.method} ${shapeOf(at.endpoint)}`;
    const owner = owners.get(place);
    if (owner !== undefined) return { ...at, problem: `${at.endpoint.method} ${at.endpoint.path} is ${owner}'s` };
    owners.set(place, at.pipeline.id);
    return at;
  });
}

/** Two paths of one shape cannot be told apart. Fixed words sort before names. */
const shapeOf = ({ parts }: Endpoint): string =>
  parts.map((part) => ("word" in part ? `/.${part.word}` : "/:")).join("");

/** Undefined where it is no path that an endpoint could have. */
function wordsOf(path: string): string[] | undefined {
  try {
    const words = path.slice(1).split("/").map(decodeURIComponent);
    return words.some((word) => /^\.*$/.test(word) || word.includes("\0")) ? undefined : words;
  } catch {
    return undefined;
  }
}

function match({ parts }: Endpoint, words: readonly string[]): Record<string, string> | undefined {
  if (parts.length !== words.length) return undefined;
  const params: [string, string][] = [];
  for (const [at, part] of parts.entries()) {
    const word = words[at] ?? "";
    if ("parameter" in part) params.push([part.parameter, word]);
    else if (part.word !== word) return undefined;
  }
  return Object.fromEntries(params);
}
