-- What waits in these shards, the oldest of each pipeline first.
select
  event_id, shard, pipeline_id, trigger_key, fields, host, correlation,
  extract(epoch from at)::float8 * 1000 as at_ms
from (
  select *, row_number() over (partition by pipeline_id order by at, event_id) as place
  from latched_events
  where shard = any ($1::text[])
    and ($3 = '' or pipeline_id = $3)
) as numbered
where place <= $2
order by pipeline_id, at, event_id
