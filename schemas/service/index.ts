/** What every long-running part of Polyglot shares. It knows nothing of pipelines. */
export * from "./backoff.ts";
export * from "./clock.ts";
export * from "./coalesced.ts";
export * from "./group-commit.ts";
export * from "./heap.ts";
export * from "./lifecycle.ts";
export * from "./log.ts";
export * from "./rounds.ts";
