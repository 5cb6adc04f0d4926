/** Which stub answers a call, and with what; all calls are kept, in the order in which they began. */
import {
  type Stub,
  type StubAnswer,
  type StubTarget,
  stubTargetOf,
  type Target,
  type TrialCall,
} from "@polyglot/contracts";
import type { BegunCall, StandIn } from "../execute/stand-in.ts";

export class Stubs {
  readonly calls: TrialCall[] = [];
  readonly #stubs: readonly Stub[];
  readonly #answered = new Map<Stub, number>();

  constructor(stubs: readonly Stub[]) {
    this.#stubs = stubs;
  }

  answer({ node, target, arguments: given }: BegunCall): StandIn | undefined {
    const stub = this.#stubs.find((one) => isFor(one.target, node, target));
    this.calls.push({ node, target: stubTargetOf(target), arguments: given, isStubbed: stub !== undefined });
    if (stub === undefined) return undefined;
    const number = this.#answered.get(stub) ?? 0;
    this.#answered.set(stub, number + 1);
    const answer = stub.answers[Math.min(number, stub.answers.length - 1)];
    return answer === undefined ? undefined : standInOf(answer);
  }
}

export function isFor(stub: StubTarget, node: string, target: Target): boolean {
  if ("node" in stub) return stub.node === node;
  if ("library" in stub) return target.kind === "library" && target.name === stub.library;
  if ("pipeline" in stub) return target.kind === "pipeline" && target.pipeline_id === stub.pipeline;
  return target.kind === "native" && target.path === stub.path && target.function === stub.function;
}

function standInOf(answer: StubAnswer): StandIn {
  if ("results" in answer) return { kind: "values", values: answer.results };
  const { type, message, classes } = answer.raises;
  const name = type.slice(type.indexOf("!") + 1);
  return { kind: "error", error: { type, message, lineage: [name, ...classes], trace: "" } };
}
