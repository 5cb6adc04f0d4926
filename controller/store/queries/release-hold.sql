-- A newer commit is there.
update repository_orders
set held_revision = null,
  quarantined = '{}',
  held_by = null,
  reason = ''
where repository = $1
  and held_revision is not null
