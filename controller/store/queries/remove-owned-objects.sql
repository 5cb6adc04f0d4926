-- Repositories that leave take along what they own, and the repositories among that likewise, where they prune; what
-- then has no repository any more stays as if it had been applied by hand. Answers the kinds that changed.
with recursive leaving as (
  select name
  from unnest($1::text[]) as leaving (name)
  union
  select objects.name
  from objects
  join leaving on objects.repository = leaving.name
  where objects.kind = 'GitRepository'
    and (objects.spec ->> 'prune')::boolean
)
delete from objects
where repository in (select name from leaving)
returning kind
