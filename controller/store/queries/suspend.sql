-- running -> waiting for people, of an execution that is locked. The attempt does not count as one that was used. Due
-- at once where one of the approvals is decided by now, or is not there; else when the first one expires, or never.
with suspended as (
  update executions
  set state = 'waiting',
    session_id = null,
    max_attempts = max_attempts + 1,
    due_at = (
      select case
        when count(*) < cardinality($4::text[]) or bool_or(decision is not null) then clock_timestamp()
        else coalesce(min(expires_at), 'infinity')
      end
      from approvals
      where approvals.execution_id = $1
        and node_id = any ($4::text[])
    ),
    waiting_since_xid = pg_current_xact_id()
  where execution_id = $1
    and attempt_no = $2
    and session_id = $3
    and state = 'running'
  returning execution_id, attempt_no, agent_id, claimed_at, shard
),
recorded as (
  insert into attempts
    (execution_id, attempt_no, agent_id, outcome, metrics, steps, cleanup, claimed_at, started_at, ended_at)
  select execution_id, attempt_no, agent_id, 'waiting', $5::json, $6::json, $7, claimed_at, $8, $9
  from suspended
),
-- Asked in a branch that something else has ended since.
withdrawn as (
  delete from approvals
  using suspended
  where approvals.execution_id = suspended.execution_id
    and decision is null
    and not node_id = any ($4::text[])
),
announced as (
  select pg_notify('polyglot_waiting', shard)
  from suspended
)
select execution_id, (select count(*) from announced) as announced
from suspended
