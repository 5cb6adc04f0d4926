-- A queue that is deleted: what was said and metered out of it.
with states as (
  delete from queue_states
  where queue = $1
),
meters as (
  delete from queue_meters
  where queue = $1
)
select pg_notify('polyglot_queues', $1)
