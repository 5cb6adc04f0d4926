import type { HostSample, MetricsSample } from "@polyglot/contracts/service";

/** Where the history of costs and hosts goes. Nothing waits for it: what cannot be kept is gone. */
export interface TimeSeries {
  /** What a step or an execution cost. */
  add(sample: MetricsSample): void;
  /** The load of an agent's host. The same sample may come twice: an agent tells it each controller. */
  addHost(agentId: string, sample: HostSample): void;
}
