-- Starts in a queue since a time: in all, of a pipeline, and of a key. Ended attempts stand in the order of their end, so
-- that a limit keeps the first ones; `until_ms` says how far they reach.
with ended as (
  select executions.pipeline_id, executions.concurrency_key, attempts.claimed_at, attempts.ended_at
  from attempts
  join executions using (execution_id)
  where attempts.ended_at >= $5
    and attempts.claimed_at >= $5
    and executions.queue = $2
  limit 2000
),
started as (
  select pipeline_id, concurrency_key, claimed_at
  from ended
  union all
  select pipeline_id, concurrency_key, claimed_at
  from executions
  where shard = $1
    and state = 'running'
    and queue = $2
    and claimed_at >= $5
)
select
  count(*) as in_all,
  count(*) filter (where pipeline_id = $3) as of_pipeline,
  count(*) filter (where concurrency_key = $4) as of_key,
  (extract(epoch from min(claimed_at)) * 1000)::float8 as from_ms,
  (select case when count(*) = 2000 then (extract(epoch from max(ended_at)) * 1000)::float8 end from ended) as until_ms
from started
