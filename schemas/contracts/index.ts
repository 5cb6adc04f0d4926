/**
 * What the programs of Polyglot say to each other: plans, declared kinds, messages, states, error codes, ids.
 * It knows no transport, no store and no clock. The service contract (generated code) is a second entry,
 * `@polyglot/contracts/service`, because its messages bear the same names as what they carry.
 */
export * from "./bundle.ts";
export * from "./canonical-json.ts";
export * from "./conversion-name.ts";
export * from "./endpoint.ts";
export * from "./faulty-argument.ts";
export * from "./error-codes.ts";
export * from "./ids.ts";
export * from "./json-text.ts";
export * from "./kinds/index.ts";
export * from "./message-source.ts";
export * from "./messages.ts";
export * from "./plan/index.ts";
export * from "./sandbox.ts";
export * from "./states.ts";
export * from "./trial/pipeline-test.ts";
export * from "./trial/trial.ts";
export * from "./type-kinds.ts";
export * from "./type-name.ts";
export * from "./values.ts";
export * from "./wait-conditions.ts";
