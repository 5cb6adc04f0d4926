select node_id, message, requested_at, expires_at, decision, decided_by, decided_at, reply
from approvals
where execution_id = $1
order by requested_at, node_id
limit 1000
