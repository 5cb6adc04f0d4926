update objects
set repository = null
where repository is not null
  and not exists (
    select
    from objects as owner
    where owner.kind = 'GitRepository'
      and owner.name = objects.repository
  )
returning kind
