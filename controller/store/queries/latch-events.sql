-- Keeps events until their pipeline is activated by them. One whose key was taken is a duplicate; one that too many wait
-- before is refused. Answers those that are kept, and the pipelines that are full.
with event as (
  select *
  from unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::json[], $6::text[], $7::text[], $8::text[], $9::timestamptz[]
  ) as event (event_id, shard, pipeline_id, trigger_key, fields, host, correlation, key, until)
),
full_pipelines as (
  select pipeline_id
  from (select distinct shard, pipeline_id from event) as asked
  where (
    select count(*)
    from latched_events
    where latched_events.shard = asked.shard
      and latched_events.pipeline_id = asked.pipeline_id
  ) >= $11
),
admitted as (
  select *
  from event
  where pipeline_id not in (select pipeline_id from full_pipelines)
),
taken as (
  insert into event_keys (pipeline_id, trigger_key, key, until)
  select pipeline_id, trigger_key, key, until
  from admitted
  where key is not null
  on conflict (pipeline_id, trigger_key, key) do update
  set until = excluded.until
  where event_keys.until <= $10
  returning pipeline_id, trigger_key, key
),
latched as (
  insert into latched_events (event_id, shard, pipeline_id, trigger_key, fields, host, correlation, at)
  select event_id, shard, pipeline_id, trigger_key, fields, host, correlation, $10
  from admitted
  left join taken using (pipeline_id, trigger_key, key)
  where admitted.key is null
    or taken.key is not null
  returning event_id, shard
),
announced as (
  select pg_notify('polyglot_triggers', shard)
  from (select distinct shard from latched) as changed
)
select event_id, false as is_full, (select count(*) from announced) as announced
from latched
union all
select event_id, true, 0
from event
join full_pipelines using (pipeline_id)
