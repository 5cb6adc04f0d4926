-- Asks people, for an attempt that runs in its agent's session; what was asked before stays as it is.
with running as (
  select execution_id
  from executions
  where execution_id = $1
    and attempt_no = $2
    and session_id = $3
    and agent_id = $4
    and state = 'running'
  for share
),
asked as (
  insert into approvals (execution_id, node_id, message, expires_at)
  select execution_id, node_id, message, clock_timestamp() + timeout_seconds * interval '1 second'
  from running
  cross join unnest($5::text[], $6::text[], $7::float8[]) as question (node_id, message, timeout_seconds)
  on conflict (execution_id, node_id) do nothing
)
select execution_id
from running
