select
  agent_id,
  hello,
  sample,
  lease_until,
  cordoned_by,
  session_id is not null and lease_until > clock_timestamp() as connected
from agents
order by agent_id
limit 10000
