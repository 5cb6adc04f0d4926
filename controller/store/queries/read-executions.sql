-- Executions with the record of their last attempt, newest first; an empty filter lets all pass.
select *
from execution_details
where ($1 = '' or pipeline_id = $1)
  and ($2 = '' or state::text = $2)
  and ($3 = '' or queue = $3)
  and execution_id < $4
order by execution_id desc
limit $5
