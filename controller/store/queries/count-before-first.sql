-- What is due in a queue before an execution: in all, of its pipeline, and of its keys. Counted no further than a limit.
select
  count(*) as in_all,
  count(*) filter (where pipeline_id = $6) as of_pipeline,
  count(*) filter (where concurrency_key = $7) as of_key,
  count(*) filter (where rate_key = $8) as of_rate_key
from (
  select pipeline_id, concurrency_key, rate_key
  from waiting_executions
  where queue = $1
    and due_at <= $2
    and (order_key, order_tie, sequence) < ($3::float8, $4::float8, $5::bigint)
  order by order_key, order_tie, sequence
  limit $9
) as before
