-- Closes an agent to new work, or opens it, and tells all controllers. Who closed it first stays. Answers nothing for an
-- agent that never came.
with changed as (
  update agents
  set cordoned_at = case when $2::boolean then coalesce(cordoned_at, clock_timestamp()) end,
    cordoned_by = case when $2::boolean then coalesce(cordoned_by, $3) end
  where agent_id = $1
  returning agent_id
),
announced as (
  select pg_notify('polyglot_agents', agent_id)
  from changed
)
select agent_id, (select count(*) from announced) as announced
from changed
