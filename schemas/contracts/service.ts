/** The service contract: messages and methods generated from `proto/`. */
export * from "./gen/polyglot/v1/agent_pb.ts";
export * from "./gen/polyglot/v1/api_pb.ts";
export * from "./gen/polyglot/v1/common_pb.ts";
