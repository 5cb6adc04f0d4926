-- The newest ones first, so that a limit leaves out what matters least.
select
  queue,
  pipeline_id,
  minute,
  enqueued,
  started,
  settled,
  wait_ms,
  processing_ms,
  waits,
  processings
from queue_history
where minute >= $1
order by minute desc
limit $2
