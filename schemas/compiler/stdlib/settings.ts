import { entry, type LibraryEntry } from "./entry.ts";

function setting(name: string, takes: string, doc: string, aliases: readonly string[] = []): LibraryEntry {
  return entry("setting", name, { aliases, takes, doc, since: "0.1.0" });
}

/** Its implementation is still open. */
function open(name: string, takes: string, doc: string, aliases: readonly string[] = []): LibraryEntry {
  return entry("setting", name, { aliases, takes, doc, since: null });
}

const comparisons = ["MoreThan", "LessThan", "InRange"] as const;

/** `Q.Resource.Available.CPU.MoreThan` and its like. */
function admission(measure: "Available" | "Usage", resource: string, aliases: readonly string[] = []): LibraryEntry[] {
  return comparisons.map((comparison) =>
    open(
      `Q.Resource.${measure}.${resource}.${comparison}`,
      comparison === "InRange" ? "low: float, high: float" : "amount: float",
      `Executions wait until the host's ${resource} (${measure.toLowerCase()}) is ${comparison}.`,
      comparison === "MoreThan" ? aliases : [],
    ),
  );
}

export const settings: readonly LibraryEntry[] = [
  setting("Q.ToQueue", "queue: Enum", "The queue in which executions wait: a member of #Queue."),
  setting("Q.Priority", "priority: int", "Executions of higher priority go first in a queue of type Priority."),
  setting("Q.Importance", "importance: int", "Decides between executions of one priority in a queue of type Priority."),
  setting(
    "Q.Deadline",
    "deadline: any",
    "When an execution is to have ended: a duration from its activation, or a time. A queue of type Deadline gives the earliest first; what cannot end in time, by what runs took before, becomes a dead letter unless the queue says otherwise.",
  ),
  open("Q.Affinity", "labels: any", "Labels of hosts that are preferred."),
  open("Q.Route", "route: any", "A RoutingPolicy, or labels that a host has to have."),
  setting(
    "Q.Timeout",
    "timeout: duration",
    "The longest that an execution waits for its first start; then it becomes a dead letter.",
  ),
  open("Q.IdempotencyKey", "key: string", "Activations with one key run once."),
  setting(
    "Q.Checkpoint",
    "on: bool",
    "Commits how run-phase steps end, so that another attempt goes on after the last one; at most 48 MiB and 100,000 steps.",
  ),
  setting("Q.Type", "type: Enum", "The order of a queue: a member of #QueueType."),
  setting("Q.MaxSize", "size: int", "The most executions that wait in a queue."),
  setting("Q.ParallelExecution", "max: int", "How many executions of a queue run at once, from 1 on."),
  setting("Q.Halt", "", "The queue dispatches nothing."),
  setting("Q.Resume", "", "The queue dispatches again."),
  ...admission("Available", "CPU", ["Q.CpuAvailable"]),
  ...admission("Available", "Memory", ["Q.MemoryAvailable"]),
  ...admission("Usage", "CPU"),
  ...admission("Usage", "Memory"),
  ...admission("Usage", "DiskSpace"),
  open("Q.GpuAvailable", "percent: float", "The host's GPU has that much free."),
  setting("Q.Concurrency.MaxPipelines", "max: int", "Executions of the pipeline, or of the queue, that run at once.", [
    "Q.MaxConcurrent",
  ]),
  setting(
    "Q.Concurrency.MaxPerType",
    "max: int",
    "Of a queue: executions of each pipeline that run at once. Of a pipeline: as Q.Concurrency.MaxPipelines.",
  ),
  setting(
    "Q.Concurrency.MaxPerKey",
    "key: string, max: int",
    "Executions that run at once with one value of the input `key`.",
  ),
  setting(
    "Q.Concurrency.RateLimit",
    "limit: int, period?: duration",
    "Executions that start in a period, a second without one.",
    ["Q.RateLimit"],
  ),
  setting("Q.Concurrency.Throttle", "interval: duration", "The least time between two starts."),
  setting(
    "Q.Concurrency.BackPressure",
    "high: int, low?: int",
    "Of a queue: when so many wait, what comes is refused (HTTP 429) and files are not watched, until as few as the low mark wait.",
  ),
  setting(
    "Q.Retry.MaxAttempts",
    "attempts: int",
    "How often an execution is attempted before it is dead-lettered; 1 is no retry.",
    ["Q.MaxAttempts"],
  ),
  setting(
    "Q.Retry.Strategy",
    "strategy: Enum",
    "How the wait between two attempts grows: a member of #RetryStrategy.",
    ["Q.RetryStrategy"],
  ),
  setting("Q.Retry.BackoffBase", "base: duration", "The wait before the second attempt."),
  setting("Q.Retry.BackoffMax", "max: duration", "The longest wait between two attempts."),
  setting(
    "Q.Retry.Jitter",
    "share: float",
    "The share of a wait, from 0 to 1, that is left to chance; without this line half of an exponential wait, else none.",
  ),
  setting(
    "Q.DeadLetterQueue",
    "queue: Enum",
    "The queue that keeps executions whose attempts are used up, a member of #Queue; without this line the one that their queue names, else their queue itself.",
  ),
  open("Q.FailureHandler", "pipeline: string", "The pipeline that runs when an execution fails for good."),
  setting(
    "Q.Kill.Exceeds.Usage.CPU",
    "percent: float",
    "An execution is killed with `pg\\!CpuThrottleError` when its worker processes use more than this percentage, 0 to 100, of all cores of the agent's host, on the mean of 5 s.",
    ["Q.Kill.CpuLimit", "Q.Kill.CPULimit"],
  ),
  setting(
    "Q.Kill.Exceeds.Usage.Memory",
    "amount: any",
    'An execution is killed with `pg\\!OOMError` when its worker processes use more memory together: an amount such as "512Mi", or a percentage, 0 to 100, of what the agent lets a worker have (`--worker-memory-mb`), else of its host\'s memory. Looked at every 100 ms.',
    ["Q.Kill.MemoryLimit"],
  ),
  setting(
    "Q.Kill.Timeout.Execution",
    "timeout: duration",
    "An execution that runs longer is killed with `pg\\!TimeoutError`.",
    ["Q.Kill.ExecutionTimeout", "Q.Kill.ExecTimeout"],
  ),
  setting(
    "Q.Kill.Strategy",
    "strategy: Enum",
    "How an execution over a limit is treated. #KillStrategy.Graceful (without this line): its processes get SIGTERM and, within half a second, SIGKILL; then cleanup has the grace period. Immediate: SIGKILL at once, and no cleanup. CustomHandler: as Graceful, and the pipeline of Q.Kill.CustomHandler runs before cleanup. Degrade: over the limit of CPU its processes have the lowest priority and stand still as long as it takes; over that of memory no further call begins, and after the grace period it is killed.",
  ),
  setting(
    "Q.Kill.GracePeriod",
    "grace: duration",
    "The time that cleanup and the handler have when an execution is killed; 5 s without this line.",
  ),
  entry("setting", "Q.Kill.CustomHandler", {
    takes: "handler: string",
    runs: { parameter: "handler", inputs: ["pg\\dict"] },
    doc: 'The pipeline that runs when the execution is killed, before its cleanup and within the grace period, on the same agent. Its first input is a map: `execution_id`, `attempt_no`, `pipeline_id`, `type`, `message`, `step`, `measure`, `used`, `limit`. `handler` is its name as a literal text, `"@Alias|Name"` if it is imported.',
    since: "0.1.0",
  }),
  open("Q.Monitoring.EmitMetrics", "on: bool", "Whether metrics samples are kept."),
  open("Q.Monitoring.MetricsInterval", "interval: duration", "The time between two samples."),
  open("Q.Monitoring.TrackLatency", "on: bool", "Whether latencies of steps are kept."),
  open("Q.Monitoring.AlertThreshold", "metric: string, value: float", "A value that raises an alert."),
];
