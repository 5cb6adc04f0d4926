-- Gives what waits another priority, and says so to the queues' owners, who give it the keys of its new place. What is empty
-- or null holds for all.
with changed as (
  update executions
  set priority = $4,
    importance = coalesce($5, importance),
    waiting_since_xid = pg_current_xact_id()
  where state = 'waiting'
    and ($1::uuid[] is null or execution_id = any ($1::uuid[]))
    and ($2 = '' or queue = $2)
    and ($3 = '' or pipeline_id = $3)
  returning execution_id, shard
),
announced as (
  select pg_notify('polyglot_waiting', shard)
  from (select distinct shard from changed) as shards
)
select count(*) as changed, (select count(*) from announced) as announced
from changed
