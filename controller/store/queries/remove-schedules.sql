-- No pipeline has them any more: one that comes back begins anew.
delete from schedules
using unnest($1::text[], $2::text[]) as gone (pipeline_id, trigger_key)
where schedules.pipeline_id = gone.pipeline_id
  and schedules.trigger_key = gone.trigger_key
