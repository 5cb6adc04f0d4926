/** Plans whose steps have node ids of their own, as the compiler gives them: cases name theirs for readers. */
import type { CallStep, Handler, Plan, PlanBody, Step } from "@polyglot/contracts";

export function withOwnNodes(plan: Plan): Plan {
  const callees = Object.entries(plan.callees).map(([id, body]) => [id, bodyOf(body)] as const);
  return { ...plan, ...bodyOf(plan), callees: Object.fromEntries(callees) };
}

function bodyOf(body: PlanBody): PlanBody {
  return {
    ...body,
    wrappers: body.wrappers.map((wrapper, index) => ({ ...wrapper, node: `wrapper.${index}` })),
    setup: block(body.setup, "setup."),
    run: block(body.run, "run."),
    cleanup: block(body.cleanup, "cleanup."),
  };
}

/** Steps name each other within a block; the same name twice means the later one. */
function block(steps: readonly Step[], prefix: string): Step[] {
  const names = new Map(steps.map((step, index) => [step.node, `${prefix}${index}`]));
  const renamed = (nodes: readonly string[]): string[] => nodes.map((node) => names.get(node) ?? node);
  return steps.map((step, index) => {
    const node = `${prefix}${index}`;
    const own = { node, after: renamed(step.after) };
    switch (step.kind) {
      case "call":
        return { ...callOf(step, node), ...own };
      case "fork":
        return { ...step, ...own, body: block(step.body, `${node}.`), handlers: handlersOf(step.handlers, node) };
      case "join":
        return { ...step, ...own, forks: renamed(step.forks), handlers: handlersOf(step.handlers, node) };
      case "switch":
        return { ...step, ...own, test: testOf(step, node, renamed), body: block(step.body, `${node}.`) };
      case "assign":
        return { ...step, ...own, handlers: handlersOf(step.handlers ?? [], node) };
      case "output":
      case "exit":
        return { ...step, ...own };
    }
  });
}

const callOf = (step: CallStep, node: string): CallStep => ({
  ...step,
  node,
  handlers: handlersOf(step.handlers, node),
});

const handlersOf = (handlers: readonly Handler[], node: string): Handler[] =>
  handlers.map((handler, index) => {
    const own = `${node}.!${index}`;
    return { ...handler, node: own, body: block(handler.body, `${own}.`) };
  });

function testOf(
  { test }: Extract<Step, { kind: "switch" }>,
  node: string,
  renamed: (nodes: readonly string[]) => string[],
): Extract<Step, { kind: "switch" }>["test"] {
  if (test.kind === "call") return { kind: "call", call: callOf(test.call, `${node}.?`) };
  const [row] = test.row === undefined ? [] : renamed([test.row]);
  return { ...test, ...(row !== undefined && { row }) };
}
