-- How many wait in each of these queues, counted no further than asked.
select queue, counted.waiting
from unnest($1::text[], $2::integer[]) as asked (queue, at_most)
cross join lateral (
  select count(*) as waiting
  from (
    select
    from executions
    where executions.queue = asked.queue
      and state = 'waiting'
    limit at_most
  ) as counted_rows
) as counted
