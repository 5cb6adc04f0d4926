-- Open ones that nobody did anything about for as long as their queue keeps them: $1 and $2 by queue, $3 for all others.
update dead_letters
set settled_as = 'expired',
  settled_at = $4
where execution_id in (
    select execution_id
    from dead_letters
    left join unnest($1::text[], $2::timestamptz[]) as kept (queue, before) using (queue)
    where settled_at is null
      and at < coalesce(kept.before, $3::timestamptz)
    order by at
    limit $5
  )
returning execution_id
