-- A person's decision, of an execution that is locked: made once, in time, while the execution has no outcome. One that
-- waits is due by that.
with decided as (
  update approvals
  set decision = $3,
    decided_by = $4,
    reply = $5,
    decided_at = clock_timestamp()
  from executions
  where approvals.execution_id = $1
    and node_id = $2
    and decision is null
    and (expires_at is null or expires_at > clock_timestamp())
    and executions.execution_id = approvals.execution_id
    and executions.state in ('waiting', 'running')
  returning node_id, message, requested_at, expires_at, decision, decided_by, decided_at, reply
),
woken as (
  update executions
  set due_at = clock_timestamp(),
    waiting_since_xid = pg_current_xact_id()
  where execution_id = $1
    and state = 'waiting'
    and exists (select from decided)
  returning shard
),
announced as (
  select pg_notify('polyglot_waiting', shard)
  from woken
)
select decided.*, (select count(*) from announced) as announced
from decided
