-- Tells of occurrences that activated nothing.
insert into activation_log
  (occurrence_id, pipeline_id, trigger_name, trigger_key, decision, reason, execution_id, trigger_context, times, at)
select *
from unnest(
  $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::json[], $9::integer[],
  $10::timestamptz[]
)
