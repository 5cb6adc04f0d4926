-- What waits and runs now, and what is buried, by queue.
with waiting as (
  select queue, count(*) as waiting, min(enqueued_at) filter (where due_at < 'infinity') as oldest
  from executions
  where state = 'waiting'
  group by queue
),
running as (
  select queue, count(*) as running
  from executions
  where state = 'running'
  group by queue
),
buried as (
  select queue, count(*) as dead_letters
  from dead_letters
  where settled_at is null
  group by queue
)
select
  queue as name,
  coalesce(waiting, 0) as waiting,
  coalesce(running, 0) as running,
  coalesce(dead_letters, 0) as dead_letters,
  coalesce(extract(epoch from clock_timestamp() - oldest), 0)::float8 as oldest_wait_seconds
from waiting
full join running using (queue)
full join buried using (queue)
order by queue
limit 10000
