-- What executions of each pipeline cost since a minute.
select
  pipeline_id,
  sum(duration_ms) / sum(samples) as duration_ms,
  sum(cpu_time_ms) / sum(samples) as cpu_time_ms,
  max(memory_peak_mb) as memory_peak_mb
from metrics_history
where node_id = ''
  and minute >= $1
group by pipeline_id
having sum(samples) > 0
limit 100000
