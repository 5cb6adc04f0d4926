-- Over the last minute, by queue. Ids of executions begin with their time (RFC 9562, version 7), so that the primary key
-- finds the new ones; ended attempts stand in the order of their end, which a block range index finds.
with enqueued as (
  select queue, count(*) as enqueued
  from executions
  where execution_id >= $1
  group by queue
),
settled as (
  select queue, count(*) as settled
  from attempts
  join executions using (execution_id)
  where attempts.ended_at >= $2
    and executions.state not in ('waiting', 'running')
    and executions.attempt_no = attempts.attempt_no
  group by queue
)
select queue as name, coalesce(enqueued, 0) as enqueued, coalesce(settled, 0) as settled
from enqueued
full join settled using (queue)
limit 10000
