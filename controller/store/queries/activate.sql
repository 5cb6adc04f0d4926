-- Commits events as activations with their executions. An event that an execution's step made counts only while that
-- attempt is the running one; the lock holds up its end until this is committed. Answers the ids that are new; the others
-- are duplicates, or of an attempt that is stale.
with event as (
  select *
  from unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::json[], $7::json[], $8::text[],
    $9::text[], $10::text[], $11::text[], $12::integer[], $13::text[], $14::integer[], $15::timestamptz[],
    $16::uuid[], $17::integer[], $18::uuid[],
    $19::integer[], $20::float8[], $21::float8[], $22::text[], $23::text[], $24::timestamptz[], $25::timestamptz[],
    $26::text[]
  ) as event (
    activation_id, pipeline_id, dedupe_key, trigger_name, trigger_key, trigger_context, inputs, revision,
    plan_digest, queue, shard, priority, host, max_attempts, at,
    parent_id, parent_attempt_no, parent_session_id,
    importance, order_key, order_tie, concurrency_key, rate_key, deadline_at, wait_until, share_key
  )
),
running as (
  select execution_id, attempt_no, session_id
  from executions
  where execution_id = any (array_remove($16::uuid[], null))
    and state = 'running'
  order by execution_id
  for share
),
allowed as (
  select event.*
  from event
  left join running on running.execution_id = event.parent_id
    and running.attempt_no = event.parent_attempt_no
    and running.session_id = event.parent_session_id
  where event.parent_id is null
    or running.execution_id is not null
),
fresh as (
  insert into activations
    (activation_id, pipeline_id, dedupe_key, trigger_name, trigger_key, trigger_context, inputs, revision, at)
  select activation_id, pipeline_id, dedupe_key, trigger_name, trigger_key, trigger_context, inputs, revision, at
  from allowed
  on conflict (pipeline_id, dedupe_key) where dedupe_key is not null do nothing
  returning activation_id
),
queued as (
  insert into executions
    (execution_id, pipeline_id, plan_digest, queue, shard, priority, host, max_attempts, due_at, enqueued_at, parent_id,
      importance, order_key, order_tie, concurrency_key, rate_key, deadline_at, wait_until, share_key)
  select activation_id, pipeline_id, plan_digest, queue, shard, priority, host, max_attempts, at, at, parent_id,
    importance, order_key, order_tie, concurrency_key, rate_key, deadline_at, wait_until, share_key
  from allowed
  join fresh using (activation_id)
  returning execution_id, shard
),
announced as (
  select pg_notify('polyglot_waiting', shard)
  from (select distinct shard from queued) as changed
)
select execution_id, (select count(*) from announced) as announced
from queued
