-- What waits in these shards since a transaction, oldest first, and the transaction to ask from next time: all
-- older ones have ended, so a late commit is never skipped (rows seen twice are known to the caller by their id). What
-- waits for a person has no time when it is due, and is not read.
with horizon as (
  select pg_snapshot_xmin(pg_current_snapshot()) as next_xid
)
select
  execution_id,
  pipeline_id,
  plan_digest,
  queue,
  shard,
  priority,
  host,
  sequence,
  attempt_no,
  max_attempts,
  (extract(epoch from due_at) * 1000)::float8 as due_at_ms,
  (extract(epoch from enqueued_at) * 1000)::float8 as enqueued_at_ms,
  waiting_since_xid::text as waiting_since_xid,
  horizon.next_xid::text as next_xid
from horizon
left join lateral (
  select *
  from executions
  where shard = any ($1::text[])
    and state = 'waiting'
    and due_at < 'infinity'
    and waiting_since_xid >= $2::xid8
  order by waiting_since_xid, sequence
  limit $3
) as waiting on true
