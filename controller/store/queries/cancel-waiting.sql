-- waiting -> cancelled, before any attempt began; with the events of what follows the pipeline.
with cancelled as (
  update executions
  set state = 'cancelled',
    ended_at = clock_timestamp()
  where execution_id = $1
    and state = 'waiting'
  returning execution_id, pipeline_id
),
followed as (
  insert into latched_events (event_id, shard, pipeline_id, trigger_key, fields, at)
  select
    gen_random_uuid(),
    followers.shard,
    followers.namespace || '#' || followers.name,
    followers.trigger_key,
    json_build_object(
      'pipeline_id', cancelled.pipeline_id,
      'execution_id', cancelled.execution_id,
      'outcome', 'cancelled',
      'outputs', '{}'::json,
      'timestamp', json_build_object(
        '$datetime', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
      )
    ),
    clock_timestamp()
  from cancelled
  join followers on followers.followed = cancelled.pipeline_id
    and followers.outcome = 'any'
  join objects on objects.kind = 'Pipeline'
    and objects.namespace = followers.namespace
    and objects.name = followers.name
    and objects.spec_digest = followers.plan_digest
  returning shard
),
followers_told as (
  select pg_notify('polyglot_triggers', shard)
  from (select distinct shard from followed) as changed
)
select execution_id, (select count(*) from followers_told) as followers_told
from cancelled
