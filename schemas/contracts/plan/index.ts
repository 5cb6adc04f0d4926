export * from "./check-inputs.ts";
export * from "./expression.ts";
export * from "./plan.ts";
export * from "./queue.ts";
export * from "./step.ts";
export * from "./target.ts";
export * from "./trigger.ts";
