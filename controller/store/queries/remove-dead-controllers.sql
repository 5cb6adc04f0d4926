-- Controllers that ended without saying so.
with dead as (
  select controller_id
  from controllers
  where lease_until < $1
  limit $2
)
delete from controllers
using dead
where controllers.controller_id = dead.controller_id
returning controllers.controller_id
