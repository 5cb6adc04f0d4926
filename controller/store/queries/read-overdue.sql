-- Those of these shards that have waited for their first start as long as they may, oldest first.
select
  execution_id,
  pipeline_id,
  queue,
  (extract(epoch from enqueued_at) * 1000)::float8 as enqueued_at_ms,
  (extract(epoch from deadline_at) * 1000)::float8 as deadline_at_ms,
  (extract(epoch from wait_until) * 1000)::float8 as wait_until_ms
from executions
where shard = any ($1::text[])
  and state = 'waiting'
  and attempt_no = 0
  and wait_until <= $2
order by wait_until
limit $3
