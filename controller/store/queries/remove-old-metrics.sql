with old as (
  select pipeline_id, node_id, minute
  from metrics_history
  where minute < $1
  limit $2
)
delete from metrics_history
using old
where (metrics_history.pipeline_id, metrics_history.node_id, metrics_history.minute)
  = (old.pipeline_id, old.node_id, old.minute)
returning metrics_history.minute
