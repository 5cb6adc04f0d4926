-- What nobody has decided in time is decided by that, once an attempt that runs in its agent's session asks. Answers
-- nothing for any other attempt.
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
expired as (
  update approvals
  set decision = 'expired',
    decided_at = clock_timestamp()
  from running
  where approvals.execution_id = running.execution_id
    and decision is null
    and expires_at <= clock_timestamp()
)
select execution_id
from running
