-- The statements after it, in the same transaction, see all that was committed about the execution.
select state::text as state
from executions
where execution_id = $1
for update
