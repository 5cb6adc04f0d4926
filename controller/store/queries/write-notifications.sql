insert into notifications (notification_id, notifier, content, due_at, at)
select notification_id, notifier, content, at, at
from unnest($1::uuid[], $2::text[], $3::json[], $4::timestamptz[]) as new (notification_id, notifier, content, at)
