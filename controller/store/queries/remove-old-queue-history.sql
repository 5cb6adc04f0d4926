with old as (
  select queue, pipeline_id, minute
  from queue_history
  where minute < $1
  limit $2
)
delete from queue_history
using old
where (queue_history.queue, queue_history.pipeline_id, queue_history.minute) = (old.queue, old.pipeline_id, old.minute)
returning queue_history.minute
