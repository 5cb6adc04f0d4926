-- Newest first.
select at, kind, namespace, name, reason, message, repository, revision
from object_events
where ($1 = '' or kind = $1)
  and ($2 = '' or name = $2)
  and ($3 = '' or namespace = $3)
  and ($4 = '' or repository = $4)
order by event_id desc
limit $5
