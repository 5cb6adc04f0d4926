import type { CallStep, Step, SwitchStep, Target, TriggerRegistration } from "@polyglot/contracts";
import { expressionText, variablesIn } from "./expression-text.ts";

export function callLabel({ target }: CallStep): string {
  return targetText(target);
}

function targetText(target: Target): string {
  switch (target.kind) {
    case "native":
      return `${target.lang} ${target.function}`;
    case "library":
      return [`|${target.name}`, ...(target.pipeline_id === undefined ? [] : [nameOf(target.pipeline_id)])].join(" ");
    case "pipeline":
      return `|${nameOf(target.pipeline_id)}`;
  }
}

const nameOf = (pipelineId: string): string => pipelineId.slice(pipelineId.indexOf("#") + 1);

export function switchLabel({ test }: SwitchStep): string {
  if (test.kind === "default") return "otherwise";
  if (test.kind === "call") return `?> ${callLabel(test.call)}`;
  return `${expressionText(test.left)} ?> ${expressionText(test.right)}`;
}

export function triggerLabel({ name, arguments: given, any }: TriggerRegistration): string {
  if (any.length > 0) return `any of ${any.map(triggerLabel).join(", ")}`;
  const values = Object.values(given).map((value) => JSON.stringify(value));
  return [`|${name}`, ...values].join(" ");
}

/** What a step reads when it starts; its lines below read for themselves. */
export function readsOf(step: Step): string[] {
  switch (step.kind) {
    case "call":
      return step.arguments.flatMap((argument) => variablesIn(argument.value));
    case "assign":
      return variablesIn(step.value);
    case "switch":
      if (step.test.kind === "call") return readsOf(step.test.call);
      return step.test.kind === "equal" ? [...variablesIn(step.test.left), ...variablesIn(step.test.right)] : [];
    case "join":
      return step.count === undefined ? [] : variablesIn(step.count);
    case "output":
      return step.output.value === undefined ? [] : variablesIn(step.output.value);
    case "exit":
      return variablesIn(step.code);
    case "fork":
      return [];
  }
}
