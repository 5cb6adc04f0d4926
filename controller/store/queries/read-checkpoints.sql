select node_id, ending::text as ending
from checkpoints
where execution_id = $1
order by node_id
limit $2
