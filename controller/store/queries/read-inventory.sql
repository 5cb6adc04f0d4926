select repository, kind, namespace, name
from objects
where repository is not null
order by repository, kind, namespace, name
limit $1
