-- Those that have waited longest in a queue.
select execution_id, pipeline_id
from executions
where queue = $1
  and state = 'waiting'
order by sequence
limit $2
for update skip locked
