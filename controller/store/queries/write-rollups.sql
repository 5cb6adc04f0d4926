insert into metrics_history
  (pipeline_id, node_id, minute, samples, cpu_time_ms, memory_peak_mb, duration_ms, conversion_overhead_ms)
select *
from unnest(
  $1::text[], $2::text[], $3::timestamptz[], $4::bigint[], $5::float8[], $6::float8[], $7::float8[], $8::float8[]
)
on conflict (pipeline_id, node_id, minute) do update
set samples = metrics_history.samples + excluded.samples,
  cpu_time_ms = metrics_history.cpu_time_ms + excluded.cpu_time_ms,
  memory_peak_mb = greatest(metrics_history.memory_peak_mb, excluded.memory_peak_mb),
  duration_ms = metrics_history.duration_ms + excluded.duration_ms,
  conversion_overhead_ms = metrics_history.conversion_overhead_ms + excluded.conversion_overhead_ms
