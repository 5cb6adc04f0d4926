-- Locks the states of queues for the transaction, in one order, so that what comes to them is counted one after the other.
insert into queue_states (queue, changed_at)
select queue, $2
from (select distinct unnest($1::text[]) as queue) as asked
order by queue
on conflict (queue) do update
set queue = excluded.queue
returning queue, paused, draining, pressed, changed_by, changed_at
