-- running -> waiting (a retry) or an outcome, with the attempt's record and its dead letter. An attempt that is not the
-- running one changes nothing. What follows the pipeline has its event in the same transaction. Answers what was settled.
with ended as (
  select *
  from unnest(
    $1::uuid[], $2::integer[], $3::uuid[], $4::text[], $5::text[], $6::json[], $7::json[], $8::json[], $9::json[],
    $10::integer[], $11::text[], $12::timestamptz[], $13::timestamptz[], $14::timestamptz[], $15::text[], $16::text[],
    $17::text[]
  ) as ended (
    execution_id, attempt_no, session_id, next_state, outcome, outputs, error, metrics, steps,
    exit_code, cleanup, started_at, ended_at, due_at, dead_letter_reason, dead_letter_queue,
    fingerprint
  )
),
settled as (
  update executions
  set state = ended.next_state::execution_state,
    session_id = null,
    due_at = coalesce(ended.due_at, executions.due_at),
    ended_at = case when ended.next_state = 'waiting' then null else ended.ended_at end,
    waiting_since_xid = case when ended.next_state = 'waiting' then pg_current_xact_id() else executions.waiting_since_xid end
  from ended
  where executions.execution_id = ended.execution_id
    and executions.attempt_no = ended.attempt_no
    and executions.session_id = ended.session_id
    and executions.state = 'running'
  returning executions.execution_id, executions.agent_id, executions.claimed_at, executions.queue, executions.pipeline_id, executions.shard
),
recorded as (
  insert into attempts
    (execution_id, attempt_no, agent_id, outcome, outputs, error, metrics, steps, exit_code, cleanup, claimed_at, started_at, ended_at)
  select execution_id, attempt_no, agent_id, outcome, outputs, error, metrics, steps, exit_code, cleanup, claimed_at, started_at, ended.ended_at
  from ended
  join settled using (execution_id)
),
buried as (
  insert into dead_letters (execution_id, queue, pipeline_id, reason, error, at, fingerprint)
  select
    execution_id,
    coalesce(dead_letter_queue, objects.spec -> 'deadLetter' ->> 'queue', settled.queue),
    pipeline_id,
    dead_letter_reason,
    error,
    ended.ended_at,
    fingerprint
  from ended
  join settled using (execution_id)
  left join objects on objects.kind = 'Queue' and objects.namespace = '' and objects.name = settled.queue
  where dead_letter_reason is not null
),
announced as (
  select pg_notify('polyglot_waiting', shard)
  from (
    select distinct shard
    from ended
    join settled using (execution_id)
    where next_state = 'waiting'
  ) as changed
),
followed as (
  insert into latched_events (event_id, shard, pipeline_id, trigger_key, fields, at)
  select
    gen_random_uuid(),
    followers.shard,
    followers.namespace || '#' || followers.name,
    followers.trigger_key,
    json_build_object(
      'pipeline_id', settled.pipeline_id,
      'execution_id', settled.execution_id,
      'outcome', ended.next_state,
      'outputs', coalesce(ended.outputs, '{}'::json),
      'timestamp', json_build_object(
        '$datetime', to_char(ended.ended_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
      )
    ),
    clock_timestamp()
  from settled
  join ended using (execution_id)
  join followers on followers.followed = settled.pipeline_id
  join objects on objects.kind = 'Pipeline'
    and objects.namespace = followers.namespace
    and objects.name = followers.name
    and objects.spec_digest = followers.plan_digest
  where ended.next_state <> 'waiting'
    and (
      followers.outcome = 'any'
      or followers.outcome = ended.next_state
      or (followers.outcome = 'failed' and ended.next_state in ('killed', 'dead_lettered'))
    )
    -- A branch that outlives its run is no run of the pipeline.
    and not exists (
      select
      from activations
      where activations.activation_id = settled.execution_id
        and activations.trigger_name = 'background'
    )
  returning shard
),
followers_told as (
  select pg_notify('polyglot_triggers', shard)
  from (select distinct shard from followed) as changed
)
select
  execution_id,
  (select count(*) from announced) as announced,
  (select count(*) from followers_told) as followers_told
from settled
