-- What an execution keeps, without the contents.
select execution_id, name, size, attempt_no, at
from artifacts
where execution_id = $1
order by name
limit 1000
