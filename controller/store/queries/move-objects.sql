-- Objects whose file has another name while they are the same.
update objects
set file = moved.file
from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as moved (kind, namespace, name, file)
where (objects.kind, objects.namespace, objects.name) = (moved.kind, moved.namespace, moved.name)
