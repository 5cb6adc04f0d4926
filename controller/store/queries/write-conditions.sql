update objects
set conditions = seen.conditions
from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[]) as seen (kind, namespace, name, conditions)
where (objects.kind, objects.namespace, objects.name) = (seen.kind, seen.namespace, seen.name)
  and objects.conditions <> seen.conditions
