-- New executions with the plans and the inputs of ones that have an outcome, and with what those had committed unless
-- they are to begin at the start. What is given besides ($8 to $14) replaces what the first one had. Attempts that only
-- waited for people do not count. A dead letter that begins anew needs nobody any more. Answers what began: not those
-- whose key was used before.
with asked as (
  select *
  from unnest(
    $1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::json[], $6::timestamptz[], $7::boolean[],
    $8::json[], $9::text[], $10::text[], $11::text[], $12::text[], $13::integer[], $14::integer[]
  ) as asked (
    of, activation_id, dedupe_key, trigger_name, trigger_context, at, from_start,
    inputs, plan_digest, revision, queue, shard, priority, max_attempts
  )
),
replayed as (
  select
    asked.of,
    asked.activation_id,
    asked.dedupe_key,
    asked.trigger_name,
    asked.trigger_context,
    asked.at,
    asked.from_start,
    executions.pipeline_id,
    executions.host,
    coalesce(asked.inputs, activations.inputs) as inputs,
    coalesce(asked.plan_digest, executions.plan_digest) as plan_digest,
    case when asked.plan_digest is null then activations.revision else asked.revision end as revision,
    coalesce(asked.queue, executions.queue) as queue,
    coalesce(asked.shard, executions.shard) as shard,
    coalesce(asked.priority, executions.priority) as priority,
    executions.importance,
    executions.concurrency_key,
    executions.rate_key,
    coalesce(
      asked.max_attempts,
      executions.max_attempts
        - (select count(*)::integer from attempts where execution_id = asked.of and outcome = 'waiting')
    ) as max_attempts
  from asked
  join executions on executions.execution_id = asked.of
  join activations on activations.activation_id = asked.of
  where executions.state not in ('waiting', 'running')
),
fresh as (
  insert into activations
    (activation_id, pipeline_id, dedupe_key, trigger_name, trigger_key, trigger_context, inputs, revision, at)
  select activation_id, pipeline_id, dedupe_key, trigger_name, null, trigger_context, inputs, revision, at
  from replayed
  on conflict (pipeline_id, dedupe_key) where dedupe_key is not null do nothing
  returning activation_id
),
queued as (
  insert into executions
    (execution_id, pipeline_id, plan_digest, queue, shard, priority, host, max_attempts, due_at, enqueued_at,
      importance, concurrency_key, rate_key)
  select activation_id, pipeline_id, plan_digest, queue, shard, priority, host, max_attempts, at, at,
    importance, concurrency_key, rate_key
  from replayed
  join fresh using (activation_id)
  returning execution_id, shard
),
taken_over as (
  insert into checkpoints (execution_id, node_id, attempt_no, ending)
  select replayed.activation_id, checkpoints.node_id, 0, checkpoints.ending
  from replayed
  join fresh using (activation_id)
  join checkpoints on checkpoints.execution_id = replayed.of
  where not replayed.from_start
),
unburied as (
  update dead_letters
  set settled_as = 'requeued',
    settled_at = replayed.at,
    requeued_as = replayed.activation_id,
    note = null
  from replayed
  join fresh using (activation_id)
  where dead_letters.execution_id = replayed.of
    and replayed.trigger_name = 'retry'
),
announced as (
  select pg_notify('polyglot_waiting', shard)
  from (select distinct shard from queued) as changed
)
select execution_id, (select count(*) from announced) as announced
from queued
