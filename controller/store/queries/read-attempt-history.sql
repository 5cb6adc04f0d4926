select attempt_no, agent_id, outcome, error, claimed_at, ended_at, metrics, cleanup
from attempts
where execution_id = $1
order by attempt_no
limit 1000
