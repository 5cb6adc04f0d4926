select count(*)::integer as running
from executions
where agent_id = $1
  and state = 'running'
