-- Ended attempts of an execution. Steps are read from the newest one on, as long as they are at most $2 bytes in all.
select
  attempt_no,
  agent_id,
  outcome,
  error,
  claimed_at,
  started_at,
  ended_at,
  metrics,
  cleanup,
  case when sum(octet_length(steps::text)) over (order by attempt_no desc) <= $2 then steps end as steps
from attempts
where execution_id = $1
order by attempt_no
limit 1000
