select
  pipeline_id,
  trigger_key,
  extract(epoch from since)::float8 * 1000 as since_ms,
  extract(epoch from told_until)::float8 * 1000 as told_until_ms,
  extract(epoch from last_at)::float8 * 1000 as last_ms
from schedules
limit $1
