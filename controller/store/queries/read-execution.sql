select *
from execution_details
where execution_id = $1
