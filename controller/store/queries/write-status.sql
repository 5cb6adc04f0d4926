-- What became of the generation that was looked at; a newer one is looked at next.
update objects
set conditions = $4,
  status = $5,
  observed_generation = greatest(observed_generation, $6::bigint)
where kind = $1
  and namespace = $2
  and name = $3
