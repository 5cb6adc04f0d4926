-- Who an execution is among those who share its queue; null: nobody shares it.
alter table executions add column share_key text;
create index executions_by_share on executions (queue, share_key, order_key, order_tie, sequence)
  where state = 'waiting' and share_key is not null;

create or replace view waiting_executions as
select
  execution_id,
  pipeline_id,
  plan_digest,
  queue,
  shard,
  priority,
  importance,
  host,
  sequence,
  attempt_no,
  max_attempts,
  order_key,
  order_tie,
  concurrency_key,
  rate_key,
  (extract(epoch from due_at) * 1000)::float8 as due_at_ms,
  (extract(epoch from enqueued_at) * 1000)::float8 as enqueued_at_ms,
  (extract(epoch from deadline_at) * 1000)::float8 as deadline_at_ms,
  (extract(epoch from wait_until) * 1000)::float8 as wait_until_ms,
  due_at,
  enqueued_at,
  waiting_since_xid,
  share_key
from executions
where state = 'waiting';
