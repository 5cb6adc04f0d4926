/** A plan as lines that people compare: what runs, in order, without the compiler's names of nodes. */
import type { CallStep, Handler, Plan, PlanBody, Step, SwitchStep, TriggerRegistration } from "@polyglot/contracts";
import { expressionText } from "../graph/expression-text.ts";
import { callLabel, switchLabel, triggerLabel } from "../graph/step-label.ts";

/** As `.pg` would write it, so far as that helps to see what is another one. */
export function flowLines(plan: Plan): string[] {
  const { triggers, queue, callees } = plan;
  return [
    ...inputLines(plan),
    ...triggers.map(triggerLine),
    ...Object.entries(queue).map(([name, value]) => `[Q] ${name}: ${settingText(value)}`),
    ...bodyLines(plan),
    ...Object.entries(callees).flatMap(([id, body]) => [
      `[|] ${id}`,
      ...indent([...inputLines(body), ...bodyLines(body)]),
    ]),
  ];
}

const indent = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

const inputLines = ({ inputs }: PlanBody): string[] =>
  inputs.map(({ name, type, default: value }) => {
    const given = value === undefined ? "" : ` << ${JSON.stringify(value)}`;
    return `[i] ${name}: ${type}${given}`;
  });

function triggerLine(trigger: TriggerRegistration): string {
  const bound = trigger.bindings.map(({ field, input }) => ` ${field} >> ${input}`).join("");
  return `[t] ${triggerLabel(trigger)}${bound}`;
}

const settingText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function bodyLines({ runtimes, environments = {}, wrappers, setup, run, cleanup, outputs }: PlanBody): string[] {
  return [
    ...Object.entries(runtimes).map(([lang, version]) => `[W] ${lang} ${version}`),
    ...Object.entries(environments).map(([lang, { path }]) => `[W] ${lang} ${path}`),
    ...wrappers.flatMap((wrapper) => [
      `[W] |${wrapper.name}${wrapper.arguments.map(argumentText).join("")}${wrapper.results.map(resultText).join("")}`,
    ]),
    ...phaseLines("[\\]", setup),
    ...phaseLines("[r]", run),
    ...phaseLines("[/]", cleanup),
    ...outputs.map(
      ({ name, type, value }) => `[o] ${name}: ${type}${value === undefined ? "" : ` << ${expressionText(value)}`}`,
    ),
  ];
}

const phaseLines = (sign: string, steps: readonly Step[]): string[] => steps.flatMap((step) => stepLines(sign, step));

function stepLines(sign: string, step: Step): string[] {
  switch (step.kind) {
    case "call":
      return [`${sign} ${callText(step)}`, ...handlerLines(step.handlers)];
    case "assign":
      return [`${sign} ${expressionText(step.value)}${resultText(step.result)}`, ...handlerLines(step.handlers ?? [])];
    case "output":
      return [`${sign} >> ${step.output.name}`];
    case "exit":
      return [`${sign} |Exit << ${expressionText(step.code)}`];
    case "fork":
      return [
        `${sign} fork ${step.label}${step.background ? " in the background" : ""}`,
        ...indent(phaseLines(sign, step.body)),
        ...handlerLines(step.handlers),
      ];
    case "join":
      return [
        `${sign} join ${step.mode}${step.result === undefined ? "" : resultText(step.result)}`,
        ...handlerLines(step.handlers),
      ];
    case "switch":
      return [`${sign} ${testText(step)}`, ...indent(phaseLines(sign, step.body))];
  }
}

function testText(step: SwitchStep): string {
  return step.test.kind === "call" ? `?> ${callText(step.test.call)}` : switchLabel(step);
}

function callText(step: CallStep): string {
  return `${callLabel(step)}${step.arguments.map(argumentText).join("")}${step.results.map(resultText).join("")}`;
}

const argumentText = ({
  name,
  value,
}: {
  name?: string | undefined;
  value: Parameters<typeof expressionText>[0];
}): string => ` << ${name === undefined ? "" : `${name}: `}${expressionText(value)}`;

const resultText = ({ variable, type }: { variable: string; type: string }): string =>
  variable === "" ? "" : ` >> ${variable}: ${type}`;

const handlerLines = (handlers: readonly Handler[]): string[] =>
  handlers.flatMap(({ lang, error, variable, body }) => [
    `[!] ${lang}\\!${error}${variable === undefined ? "" : ` >> ${variable}`}`,
    ...indent(phaseLines("[r]", body)),
  ]);
