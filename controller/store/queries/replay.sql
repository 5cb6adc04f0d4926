-- A new execution with the plan and the inputs of one that has an outcome, and with what that one had committed unless
-- it is to begin at the start. Attempts that only waited for people do not count. Answers nothing for a key that was
-- used before.
with original as (
  select executions.*, activations.inputs, activations.revision
  from executions
  join activations on activations.activation_id = executions.execution_id
  where execution_id = $1
    and state not in ('waiting', 'running')
),
fresh as (
  insert into activations
    (activation_id, pipeline_id, dedupe_key, trigger_name, trigger_key, trigger_context, inputs, revision, at)
  select $2::uuid, pipeline_id, $3, $4, null, $5::json, inputs, revision, $6::timestamptz
  from original
  on conflict (pipeline_id, dedupe_key) where dedupe_key is not null do nothing
  returning activation_id
),
queued as (
  insert into executions
    (execution_id, pipeline_id, plan_digest, queue, shard, priority, host, max_attempts, due_at, enqueued_at)
  select
    activation_id, pipeline_id, plan_digest, queue, shard, priority, host,
    max_attempts - (select count(*) from attempts where execution_id = $1 and outcome = 'waiting'),
    $6::timestamptz, $6::timestamptz
  from original
  cross join fresh
  returning execution_id, shard
),
taken_over as (
  insert into checkpoints (execution_id, node_id, attempt_no, ending)
  select queued.execution_id, node_id, 0, ending
  from checkpoints
  cross join queued
  where checkpoints.execution_id = $1
    and not $7::boolean
),
announced as (
  select pg_notify('polyglot_waiting', shard)
  from queued
)
select execution_id, (select count(*) from announced) as announced
from queued
