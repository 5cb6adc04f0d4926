-- Backpressure begins or ends.
with changed as (
  update queue_states
  set pressed = $2,
    changed_at = $3
  where queue = any ($1::text[])
    and pressed <> $2
  returning queue
)
select queue, pg_notify('polyglot_queues', queue)
from changed
