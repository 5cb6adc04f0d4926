-- What waits in these shards after a place in the order of transactions, oldest first, and the transaction to ask from
-- next time: all older ones have ended, so a late commit is never skipped (rows seen twice are known to the caller by
-- their id). What waits for a person has no time when it is due, and is not read.
with horizon as (
  select pg_snapshot_xmin(pg_current_snapshot()) as next_xid
)
select
  waiting.*,
  waiting.waiting_since_xid::text as since_xid,
  horizon.next_xid::text as next_xid
from horizon
left join lateral (
  select *
  from waiting_executions
  where shard = any ($1::text[])
    and due_at < 'infinity'
    and (waiting_since_xid, sequence) > ($2::xid8, $3::bigint)
  order by waiting_since_xid, sequence
  limit $4
) as waiting on true
