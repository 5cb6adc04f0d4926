-- An orderly end: others need not wait for the leases to run out.
with released as (
  update shards
  set holder = null,
    lease_until = '-infinity'
  where holder = $1
)
delete from controllers
where controller_id = $1
