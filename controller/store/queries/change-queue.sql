-- What somebody said of a queue. $2: null leaves it to what is declared.
with changed as (
  insert into queue_states (queue, paused, draining, changed_by, changed_at)
  values ($1, $2, $3, $4, $5)
  on conflict (queue) do update
  set paused = excluded.paused,
    draining = excluded.draining,
    changed_by = excluded.changed_by,
    changed_at = excluded.changed_at
  returning queue
)
select queue, pg_notify('polyglot_queues', queue)
from changed
