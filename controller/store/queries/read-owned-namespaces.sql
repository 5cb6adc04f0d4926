-- Those of these namespaces that a repository owns something in.
select distinct on (namespace) namespace, repository
from objects
where namespace = any ($1::text[])
  and namespace <> ''
  and repository is not null
order by namespace, repository
limit 1000
