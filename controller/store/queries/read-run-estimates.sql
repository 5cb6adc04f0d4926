-- How long runs of these pipelines took, on the mean since a time.
select pipeline_id, sum(samples)::bigint as runs, (sum(duration_ms) / sum(samples))::float8 as mean_ms
from metrics_history
where node_id = ''
  and minute >= $2
  and pipeline_id = any ($1::text[])
group by pipeline_id
having sum(samples) > 0
