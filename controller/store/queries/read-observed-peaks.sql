-- Of these pipelines, the memory and the cores that a share of the minutes since a time stayed below. A minute counts half
-- after each half life, so that what a pipeline takes now weighs more than what it took.
with minutes as (
  select
    pipeline_id,
    samples,
    memory_peak_mb,
    case when duration_ms > 0 then cpu_time_ms / duration_ms else 0 end as cores,
    power(0.5, extract(epoch from $2::timestamptz - minute)::float8 * 1000 / $4::float8) as weight
  from metrics_history
  where node_id = ''
    and minute >= $3
    and pipeline_id = any ($1::text[])
),
ranked as (
  select
    *,
    sum(weight) over (partition by pipeline_id) as whole,
    sum(weight) over (partition by pipeline_id order by memory_peak_mb desc) as of_memory,
    sum(weight) over (partition by pipeline_id order by cores desc) as of_cores
  from minutes
)
select
  pipeline_id,
  sum(samples)::bigint as runs,
  (max(memory_peak_mb) filter (where of_memory >= (1 - $5::float8) * whole))::float8 as memory_mb,
  (max(cores) filter (where of_cores >= (1 - $5::float8) * whole))::float8 as cores
from ranked
group by pipeline_id
having sum(samples) >= $6
