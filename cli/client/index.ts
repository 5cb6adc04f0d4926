/** Finds a controller and calls it. Entry `@polyglot/cli/client`. */
export { ApiClient, callTimeoutMs, type PolyglotClient, withClient } from "./api-client.ts";
export type { Endpoint } from "./endpoint.ts";
export * from "./endpoint-file.ts";
export { type FailureKind, Failure, exitCodes } from "./failure.ts";
export { type EndpointSearch, findEndpoint } from "./find-endpoint.ts";
