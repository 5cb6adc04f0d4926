select objects
from repository_revisions
where repository = $1
  and revision = $2
