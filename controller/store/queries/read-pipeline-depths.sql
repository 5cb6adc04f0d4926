-- What waits and runs now, by queue and pipeline.
select
  queue,
  pipeline_id,
  count(*) filter (where state = 'waiting') as waiting,
  count(*) filter (where state = 'running') as running
from executions
where state in ('waiting', 'running')
group by queue, pipeline_id
order by count(*) desc
limit $1
