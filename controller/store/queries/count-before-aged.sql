-- As count-before-first, where ageing has an end: by the priority with what has been gained so far.
with waiting as (
  select
    *,
    priority + least($9::float8, $10::float8 * (floor($3::float8 / $11) - floor(enqueued_at_ms / $11))) as gained
  from waiting_executions
  where queue = $1
    and due_at <= $2
),
own as (
  select gained, importance, sequence
  from waiting
  where execution_id = $4
)
select
  count(*) as in_all,
  count(*) filter (where pipeline_id = $5) as of_pipeline,
  count(*) filter (where concurrency_key = $6) as of_key,
  count(*) filter (where rate_key = $7) as of_rate_key
from (
  select waiting.pipeline_id, waiting.concurrency_key, waiting.rate_key
  from waiting
  join own on (-waiting.gained, -waiting.importance, waiting.sequence) < (-own.gained, -own.importance, own.sequence)
  limit $8
) as before
