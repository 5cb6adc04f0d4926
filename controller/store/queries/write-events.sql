insert into object_events (at, kind, namespace, name, reason, message, repository, revision)
select $1, kind, namespace, name, reason, message, $2, $3
from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) as event (kind, namespace, name, reason, message)
