-- running -> waiting, of attempts that never reached their agents: they do not count as ones that were used.
with returned as (
  update executions
  set state = 'waiting',
    session_id = null,
    max_attempts = max_attempts + 1,
    waiting_since_xid = pg_current_xact_id()
  from unnest($1::uuid[], $2::integer[], $3::uuid[]) as undelivered (execution_id, attempt_no, session_id)
  where executions.execution_id = undelivered.execution_id
    and executions.attempt_no = undelivered.attempt_no
    and executions.session_id = undelivered.session_id
    and executions.state = 'running'
  returning executions.execution_id, executions.shard
),
announced as (
  select pg_notify('polyglot_waiting', shard)
  from (select distinct shard from returned) as changed
)
select execution_id, (select count(*) from announced) as announced
from returned
