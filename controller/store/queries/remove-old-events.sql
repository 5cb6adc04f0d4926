delete from object_events
where event_id in (
  select event_id
  from object_events
  where at < $1
  limit $2
)
returning event_id
