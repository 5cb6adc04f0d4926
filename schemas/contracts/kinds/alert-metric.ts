/** What an alert can look at, and what each of its values is about. */
export const alertMetrics = {
  "queue.depth": "Executions of a queue that wait",
  "queue.running": "Executions of a queue that run",
  "queue.oldest_wait_seconds": "How long the oldest of a queue has waited",
  "queue.dead_letters": "Dead letters of a queue",
  "queue.enqueued_per_second": "What came to a queue, over five minutes",
  "queue.started_per_second": "What a queue dispatched, over five minutes",
  "queue.wait_p50_ms": "What half of a queue's executions waited at most, over five minutes",
  "queue.wait_p95_ms": "What 95 of 100 executions of a queue waited at most, over five minutes",
  "queue.wait_p99_ms": "What 99 of 100 executions of a queue waited at most, over five minutes",
  "queue.processing_p95_ms": "What 95 of 100 attempts of a queue took at most, over five minutes",
  "queue.processing_p99_ms": "What 99 of 100 attempts of a queue took at most, over five minutes",
  "pipeline.depth": "Executions of a pipeline that wait",
  "pipeline.wait_p95_ms": "What 95 of 100 executions of a pipeline waited at most, over five minutes",
  "pipeline.processing_p95_ms": "What 95 of 100 attempts of a pipeline took at most, over five minutes",
  "pipeline.duration_ms": "Mean duration of a pipeline's executions, over five minutes",
  "pipeline.cpu_time_ms": "Mean CPU time of a pipeline's executions, over five minutes",
  "pipeline.memory_peak_mb": "Highest memory of a pipeline's executions, over five minutes",
  "host.cpu_percent": "Load of a host's cores, over two minutes",
  "host.memory_percent": "Memory of a host that is in use, over two minutes",
  "host.disk_free_percent": "Free space of the disk with the agent's data",
  "agents.connected": "Agents with a lease",
} as const;
export type AlertMetric = keyof typeof alertMetrics;
export const alertMetricNames = Object.keys(alertMetrics) as [AlertMetric, ...AlertMetric[]];
