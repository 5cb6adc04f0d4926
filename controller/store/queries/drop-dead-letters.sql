-- Open ones that fit, oldest first. Answers which.
update dead_letters
set settled_as = 'dropped',
  settled_at = $12,
  note = $11
where execution_id in (
    select execution_id
    from matching_dead_letters($1, $2, $3, $4, $5, $6, $7, $8, $9)
    where settled_at is null
    order by at
    limit $10
  )
  and settled_at is null
returning execution_id
