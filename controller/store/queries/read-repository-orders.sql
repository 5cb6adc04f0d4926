select repository, suspended_by, held_revision, quarantined, held_by, reason, confirmed_prune, at
from repository_orders
where $1 = '' or repository = $1
limit $2
