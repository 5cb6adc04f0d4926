-- Null: it is followed again.
insert into repository_orders (repository, suspended_by, at)
values ($1, $2, $3)
on conflict (repository) do update
set suspended_by = excluded.suspended_by,
  at = excluded.at
