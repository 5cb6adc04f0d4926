-- Executions without an outcome, by pipeline.
select
  pipeline_id,
  count(*) filter (where state = 'running') as running,
  count(*) filter (where state = 'waiting') as waiting
from executions
where state in ('waiting', 'running')
  and pipeline_id = any ($1::text[])
group by pipeline_id
