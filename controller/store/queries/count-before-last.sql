-- As count-before-first, from the other end: last in, first out.
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
    and (order_key, order_tie, sequence) > ($3::float8, $4::float8, $5::bigint)
  order by order_key desc, order_tie desc, sequence desc
  limit $9
) as before
