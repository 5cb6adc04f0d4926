-- Commits events as activations with their executions. Answers the ids that are new; the others are duplicates.
with event as (
  select *
  from unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::json[], $7::json[], $8::text[],
    $9::text[], $10::text[], $11::text[], $12::integer[], $13::text[], $14::integer[], $15::timestamptz[]
  ) as event (
    activation_id, pipeline_id, dedupe_key, trigger_name, trigger_key, trigger_context, inputs, revision,
    plan_digest, queue, shard, priority, host, max_attempts, at
  )
),
fresh as (
  insert into activations
    (activation_id, pipeline_id, dedupe_key, trigger_name, trigger_key, trigger_context, inputs, revision, at)
  select activation_id, pipeline_id, dedupe_key, trigger_name, trigger_key, trigger_context, inputs, revision, at
  from event
  on conflict (pipeline_id, dedupe_key) where dedupe_key is not null do nothing
  returning activation_id
),
queued as (
  insert into executions
    (execution_id, pipeline_id, plan_digest, queue, shard, priority, host, max_attempts, due_at, enqueued_at)
  select activation_id, pipeline_id, plan_digest, queue, shard, priority, host, max_attempts, at, at
  from event
  join fresh using (activation_id)
  returning execution_id, shard
),
announced as (
  select pg_notify('polyglot_waiting', shard)
  from (select distinct shard from queued) as changed
)
select execution_id, (select count(*) from announced) as announced
from queued
