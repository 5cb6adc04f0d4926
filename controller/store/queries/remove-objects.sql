-- Only from the hands of their owner.
delete from objects
using unnest($1::text[], $2::text[], $3::text[]) as gone (kind, namespace, name)
where (objects.kind, objects.namespace, objects.name) = (gone.kind, gone.namespace, gone.name)
  and objects.repository is not distinct from $4
