-- Commits how steps ended, for attempts that run in their agent's session; what is there already stays. Answers the
-- attempts that do. Their rows are locked, so that no other attempt begins before the commit.
with attempt as (
  select distinct *
  from unnest($1::uuid[], $2::integer[], $3::uuid[], $4::text[])
    as attempt (execution_id, attempt_no, session_id, agent_id)
),
running as (
  select executions.execution_id, executions.attempt_no
  from executions
  join attempt using (execution_id, attempt_no, session_id, agent_id)
  where executions.state = 'running'
  order by executions.execution_id
  for share of executions
),
written as (
  insert into checkpoints (execution_id, node_id, attempt_no, ending)
  select execution_id, node_id, attempt_no, ending
  from unnest($5::uuid[], $6::integer[], $7::text[], $8::json[])
    as step (execution_id, attempt_no, node_id, ending)
  join running using (execution_id, attempt_no)
  on conflict (execution_id, node_id) do nothing
)
select execution_id, attempt_no
from running
