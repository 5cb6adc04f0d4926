insert into repository_orders (repository, confirmed_prune, at)
values ($1, $2, $3)
on conflict (repository) do update
set confirmed_prune = excluded.confirmed_prune,
  at = excluded.at
