-- waiting -> cancelled or dead_lettered, with the reason as the error of an attempt that never began, and as the dead
-- letter's. What began meanwhile goes on. Answers what ended.
with asked as (
  select *
  from unnest($1::uuid[], $2::text[], $3::text[], $4::json[], $5::text[]) as asked (execution_id, state, reason, error, fingerprint)
),
ended as (
  update executions
  set state = asked.state::execution_state,
    ended_at = $6
  from asked
  where executions.execution_id = asked.execution_id
    and executions.state = 'waiting'
  returning executions.execution_id, executions.attempt_no, executions.queue, executions.pipeline_id, executions.state
),
recorded as (
  insert into attempts (execution_id, attempt_no, outcome, error, cleanup, claimed_at, ended_at)
  select execution_id, attempt_no, case ended.state when 'cancelled' then 'cancelled' else 'failed' end, error, 'none', $6, $6
  from ended
  join asked using (execution_id)
  where error is not null
  on conflict (execution_id, attempt_no) do nothing
),
buried as (
  insert into dead_letters (execution_id, queue, pipeline_id, reason, error, at, fingerprint)
  select execution_id, coalesce(objects.spec -> 'deadLetter' ->> 'queue', ended.queue), pipeline_id, asked.reason, error, $6, fingerprint
  from ended
  join asked using (execution_id)
  left join objects on objects.kind = 'Queue' and objects.namespace = '' and objects.name = ended.queue
  where asked.reason is not null
)
select execution_id, queue
from ended
