-- What follows after a line, in the order in which it was written.
select attempt_no, sequence, at, level, node_id, line
from logs
where execution_id = $1
  and (attempt_no, sequence) > ($2::integer, $3::bigint)
order by attempt_no, sequence
limit $4
