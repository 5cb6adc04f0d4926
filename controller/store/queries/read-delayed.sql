-- What is due later in a queue, soonest first.
select *
from waiting_executions
where queue = $1
  and due_at > $2
  and due_at < 'infinity'
order by due_at, sequence
limit $3
