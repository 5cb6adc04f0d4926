-- Ids with a common beginning stand between its lowest and its highest id; two are enough to know that it is not unique.
select execution_id
from executions
where execution_id between $1 and $2
limit 2
