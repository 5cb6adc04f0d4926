-- From now on this revision is in force instead of the quarantined commits.
insert into repository_orders (repository, held_revision, quarantined, held_by, reason, at)
values ($1, $2, $3, $4, $5, $6)
on conflict (repository) do update
set held_revision = excluded.held_revision,
  quarantined = (
    select array_agg(distinct commit)
    from unnest(repository_orders.quarantined || excluded.quarantined) as commit
  ),
  held_by = excluded.held_by,
  reason = excluded.reason,
  at = excluded.at
