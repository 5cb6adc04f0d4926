select agent_id
from agents
where cordoned_at is not null
order by agent_id
limit 10000
