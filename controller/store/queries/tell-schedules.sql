-- Times that are decided now. A schedule that another controller has told further already is not moved, and not answered.
update schedules
set told_until = told.until,
  last_at = coalesce(told.last_at, schedules.last_at)
from unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[])
  as told (pipeline_id, trigger_key, from_until, until, last_at)
where schedules.pipeline_id = told.pipeline_id
  and schedules.trigger_key = told.trigger_key
  and schedules.told_until = told.from_until
returning schedules.pipeline_id, schedules.trigger_key
