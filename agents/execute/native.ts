import { type NativeTarget, packagesOf, type PlanBody } from "@polyglot/contracts";
import type { Value } from "../convert/held-value.ts";
import type { NativeCall } from "../runtimes/native-call.ts";
import type { Cost } from "./attempt.ts";
import type { CallEnd, GivenArgument } from "./call.ts";
import { failed, stopped } from "./flow.ts";
import type { Frame } from "./frame.ts";
import { at } from "./raised.ts";
import type { Variables } from "./runtime-variables.ts";
import type { AttemptSettings } from "./settings.ts";
import type { ServedCall, Usage } from "./usage.ts";

/** A function of the user's own code, in a worker process of its language. */
export async function callNative(
  target: NativeTarget,
  given: readonly GivenArgument<Value>[],
  types: readonly string[],
  frame: Frame,
  node: string,
): Promise<CallEnd> {
  const { execution, unit, branch } = frame;
  const version = unit.body.runtimes[target.lang];
  const environment = environmentOf(unit.body, target);
  const { settings } = execution.attempt;
  const variables = variablesFor(settings, unit.variables.get(target.lang));
  const confinement = settings?.confinement;
  const call: NativeCall = {
    executionId: execution.attempt.executionId,
    attemptNo: execution.attempt.attemptNo,
    node,
    namespace: unit.namespace,
    target,
    ...(version === undefined ? {} : { runtimeVersion: version }),
    ...(environment === undefined ? {} : { environment }),
    ...(variables === undefined ? {} : { variables }),
    ...(confinement === undefined ? {} : { confinement }),
    arguments: given,
    results: types,
  };
  const { clock } = execution;
  const askedAt = clock.monotonic();
  await unit.usage.admitted(branch.signal);
  let begunAt: number | undefined;
  let served: ServedCall | undefined;
  const outcome = await execution.runtimes.call(call, {
    signal: branch.signal,
    onLog: (line) => execution.record.log(node, line),
    ...(execution.onOutput === undefined ? {} : { onOutput: execution.onOutput }),
    onStart: (serving) => {
      begunAt = clock.monotonic();
      served = unit.usage.begin(node, serving);
    },
  });
  if (served !== undefined) endServed(served, unit.usage, outcome.cost);
  execution.record.charge(node, outcome.cost, (begunAt ?? clock.monotonic()) - askedAt);
  switch (outcome.kind) {
    case "values":
      return outcome;
    case "error":
      return { kind: "flow", flow: failed(at(node, outcome.error)) };
    case "stopped":
      return { kind: "flow", flow: stopped };
  }
}

/** What the pipeline's own text says wins. */
function variablesFor(settings: AttemptSettings | undefined, own: Variables | undefined): Variables | undefined {
  const configured = settings?.env;
  if (configured === undefined || Object.keys(configured).length === 0) return own;
  return { ...configured, ...own };
}

function environmentOf(body: PlanBody, target: NativeTarget): NativeCall["environment"] {
  const { lang } = target;
  if (lang !== "py" && lang !== "js") return packagesOf(body, target);
  const own = body.environments?.[lang];
  return own === undefined ? undefined : { path: own.path, bundleDigest: own.bundle_digest };
}

/** A process that was killed cannot say what it took; what was last seen of it stands in. */
function endServed(served: ServedCall, usage: Usage, cost: Cost): void {
  usage.end(served, cost.cpuTimeMs);
  if (cost.memoryPeakMb > 0) return;
  cost.cpuTimeMs = Math.max(cost.cpuTimeMs, served.usage.cpuMs);
  cost.memoryPeakMb = served.usage.memoryBytes / 2 ** 20;
}
