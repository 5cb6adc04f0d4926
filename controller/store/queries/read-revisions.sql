-- Revisions that can be gone back to, newest first.
select repository, revision, at
from repository_revisions
where $1 = '' or repository = $1
order by at desc
limit $2
