-- Keeps what a revision declared, and forgets the oldest ones beyond the limit.
with recorded as (
  insert into repository_revisions (repository, revision, at, objects)
  values ($1, $2, $3, $4)
  on conflict (repository, revision) do update
  set at = excluded.at, objects = excluded.objects
  returning revision
)
delete from repository_revisions
where repository = $1
  and revision <> $2
  and revision not in (
    select revision
    from repository_revisions
    where repository = $1
    order by at desc
    limit $5
  )
  and revision not in (
    select held_revision
    from repository_orders
    where repository = $1
      and held_revision is not null
  )
returning (select count(*) from recorded) as recorded
