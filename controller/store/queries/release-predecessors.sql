-- Earlier processes of the same controller are gone: what they held is free at once. Were one alive after all, its
-- terms would be over, and its writes refused.
with released as (
  update shards
  set holder = null,
    lease_until = '-infinity'
  where starts_with(holder, $1)
)
delete from controllers
where starts_with(controller_id, $1)
