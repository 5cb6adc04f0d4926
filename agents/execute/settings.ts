/** What the controller's objects say of an attempt beside its plan: it holds for the whole of it. */
import type { PlanBody } from "@polyglot/contracts";
import type { Confinement } from "../limits/confinement.ts";
import type { HostShare } from "./excess.ts";
import type { Variables } from "./runtime-variables.ts";

export interface AttemptSettings {
  /** In place of the plan's. */
  readonly kill: PlanBody["kill"];
  /** Of each worker process of it, with all that this one starts. */
  readonly confinement: Confinement;
  /** Bytes that the functions of one attempt may print. */
  readonly outputBytes?: number;
  readonly env: Variables;
}

/** Percentages are of what the attempt may use. */
export function shareOf(host: HostShare, settings: AttemptSettings | undefined): HostShare {
  const { cores, maxMemoryBytes } = settings?.confinement ?? {};
  if (cores === undefined && maxMemoryBytes === undefined) return host;
  return {
    ...host,
    cores: Math.min(host.cores, cores ?? host.cores),
    memoryBytes: Math.min(host.memoryBytes, maxMemoryBytes ?? host.memoryBytes),
  };
}
