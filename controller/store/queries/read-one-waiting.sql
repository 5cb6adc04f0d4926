select *
from waiting_executions
where execution_id = $1
