select
  kind,
  namespace,
  name,
  generation,
  observed_generation,
  spec,
  spec_digest,
  repository,
  revision,
  file,
  conditions,
  status,
  updated_at
from objects
where kind = $1
order by namespace, name
limit $2
