-- What follows after a line, in the order in which it was written. A line that does not belong to the step $5 (all do
-- where it is empty) comes without its text: whoever reads on must know how far it has read.
select
  attempt_no,
  sequence,
  at,
  level,
  node_id,
  case
    when $5::text = '' or node_id = $5 then line
    -- Its branches, what it calls, and its items.
    when starts_with(node_id, $5) and substr(node_id, length($5) + 1, 1) in ('.', '/', '[') then line
  end as line
from logs
where execution_id = $1
  and (attempt_no, sequence) > ($2::integer, $3::bigint)
order by attempt_no, sequence
limit $4
