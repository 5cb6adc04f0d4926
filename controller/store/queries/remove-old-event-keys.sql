with old as (
  select pipeline_id, trigger_key, key
  from event_keys
  where until < $1
  limit $2
)
delete from event_keys
using old
where (event_keys.pipeline_id, event_keys.trigger_key, event_keys.key) = (old.pipeline_id, old.trigger_key, old.key)
returning event_keys.key
