with old as (
  select agent_id, name, gpu, minute
  from host_history
  where minute < $1
  limit $2
)
delete from host_history
using old
where (host_history.agent_id, host_history.name, host_history.gpu, host_history.minute)
  = (old.agent_id, old.name, old.gpu, old.minute)
returning host_history.minute
