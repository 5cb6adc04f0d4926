-- Who has the places of a queue, of a pipeline in it and of a key in it: how many, and the three that began first.
with running as (
  select execution_id, pipeline_id, concurrency_key, claimed_at
  from executions
  where shard = $1
    and state = 'running'
    and queue = $2
  order by claimed_at
  limit 10000
)
select
  count(*) as queue_used,
  count(*) filter (where pipeline_id = $3) as pipeline_used,
  count(*) filter (where concurrency_key = $4) as key_used,
  array(select execution_id::text from running order by claimed_at limit 3) as queue_holders,
  array(select execution_id::text from running where pipeline_id = $3 order by claimed_at limit 3) as pipeline_holders,
  array(select execution_id::text from running where concurrency_key = $4 order by claimed_at limit 3) as key_holders
from running
