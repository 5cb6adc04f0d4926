-- What waits in some queues, the first to arrive of each, and how many run and wait there at all.
with counted as (
  select
    queue,
    count(*) filter (where state = 'running')::integer as running,
    count(*) filter (where state = 'waiting')::integer as waiting
  from executions
  where state in ('waiting', 'running')
    and queue = any ($1::text[])
  group by queue
)
select
  counted.queue,
  running,
  waiting,
  coalesce(line.entries, '[]') as entries
from counted
left join lateral (
  select json_agg(entry) as entries
  from (
    select
      execution_id,
      pipeline_id,
      priority,
      importance,
      sequence,
      enqueued_at_ms,
      deadline_at_ms
    from waiting_executions
    where waiting_executions.queue = counted.queue
    order by sequence
    limit $2
  ) as entry
) as line on true
