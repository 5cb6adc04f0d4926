-- Notifications that are due, put off at once: who takes them and dies has not told, and another one tries later.
with due as (
  select notification_id
  from notifications
  where sent_at is null
    and due_at <= $1
  order by due_at
  limit $3
  for update skip locked
)
update notifications
set attempts = attempts + 1,
  due_at = $1 + least(3600, $2 * power(2, attempts)) * interval '1 second'
from due
where notifications.notification_id = due.notification_id
returning notifications.notification_id, notifier, content, attempts, at
