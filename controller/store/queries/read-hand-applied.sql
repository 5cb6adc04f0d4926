-- What was applied by hand in these namespaces.
select kind, namespace, name, generation, spec, spec_digest, repository, revision, file, conditions
from objects
where repository is null
  and namespace = any ($1::text[])
order by kind, namespace, name
limit $2
