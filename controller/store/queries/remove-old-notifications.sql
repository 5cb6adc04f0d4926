with old as (
  select notification_id
  from notifications
  where at < $1
  limit $2
)
delete from notifications
using old
where notifications.notification_id = old.notification_id
returning notifications.notification_id
