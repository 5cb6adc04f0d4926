import type { HostSample } from "@polyglot/contracts/service";
import { Gauge, type Registry } from "prom-client";
import { type FigureName, figuresOf, gpuFigures, hostFigures } from "./host-figures.ts";

/** The newest sample of each agent with a stream to this controller, as gauges `polyglot_host_…`. */
export class HostGauges {
  readonly #samples = new Map<string, HostSample>();
  readonly #gauges: ReadonlyMap<FigureName, Gauge>;

  constructor(registry: Registry) {
    this.#gauges = new Map([
      ...gaugesOf(hostFigures, ["agent"], registry),
      ...gaugesOf(gpuFigures, ["agent", "gpu"], registry),
    ]);
  }

  set(agentId: string, sample: HostSample): void {
    this.#samples.set(agentId, sample);
  }

  forget(agentId: string): void {
    this.#samples.delete(agentId);
  }

  /** Gauges of hosts and GPUs that are gone leave. */
  refresh(): void {
    for (const gauge of this.#gauges.values()) gauge.reset();
    for (const [agent, sample] of this.#samples) {
      for (const { name, value, gpu } of figuresOf(sample)) {
        this.#gauges.get(name)?.set({ agent, ...(gpu >= 0 && { gpu: String(gpu) }) }, value);
      }
    }
  }
}

function gaugesOf(
  figures: Readonly<Partial<Record<FigureName, string>>>,
  labelNames: string[],
  registry: Registry,
): [FigureName, Gauge][] {
  return (Object.entries(figures) as [FigureName, string][]).map(([name, help]) => [
    name,
    new Gauge({ name: `polyglot_host_${name}`, help, labelNames, registers: [registry] }),
  ]);
}
