/** What the stream to the controllers needs of the rest of the agent, and what it gives. */
import type {
  AttemptProgress,
  Cancellation,
  Containment,
  ExecutionRequest,
  HostSample,
  PrepareList,
  Runtime,
  WatchList,
} from "@polyglot/contracts/service";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { CheckReadingSchema, ContainmentSchema, RuntimeSchema } from "@polyglot/contracts/service";

/** What the agent says of itself on each new stream. */
export interface AgentFacts {
  readonly host: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly runtimes: readonly (Runtime | MessageInitShape<typeof RuntimeSchema>)[];
  readonly planDigests: readonly string[];
  readonly bundleDigests: readonly string[];
  readonly containment: Containment | MessageInitShape<typeof ContainmentSchema>;
  readonly version: string;
  /** Of its host, as far as it may use them. */
  readonly cores: number;
}

export interface LinkHandlers {
  facts(): AgentFacts;
  /** The latest sample of the host's load; answers at once. */
  hostSample(): HostSample | undefined;
  /** How the checks stood last that the controllers ask for; answers at once. */
  checkReadings(): readonly MessageInitShape<typeof CheckReadingSchema>[];
  /** Where attempts stand that have run for a while; answers at once. */
  progress(): readonly AttemptProgress[];
  onExecutions(requests: readonly ExecutionRequest[]): void;
  onCancellations(cancellations: readonly Cancellation[]): void;
  onWatches(watches: WatchList): void;
  onPrepare(prepare: PrepareList): void;
  /** The lease was renewed: work may go on until then, in monotonic milliseconds of the link's clock. */
  onLease(deadline: number): void;
  /** The lease could not be renewed in time: kill every process of every attempt now. No result of them counts. */
  onLapse(): void;
}
