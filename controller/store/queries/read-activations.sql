-- The activation log, newest first: what was activated, and the occurrences that were not, with the reason. An empty filter
-- lets all pass.
with activated as (
  select
    activation_id, pipeline_id, trigger_name, trigger_key, trigger_context, revision, at,
    'activated' as decision,
    '' as reason,
    activation_id as execution_id,
    1 as times
  from activations
  where ($1 = '' or pipeline_id = $1)
    and $2 in ('', 'activated')
  order by activation_id desc
  limit $3
),
passed as (
  select
    occurrence_id as activation_id, pipeline_id, trigger_name, trigger_key, trigger_context, null as revision, at,
    decision, reason, execution_id, times
  from activation_log
  where ($1 = '' or pipeline_id = $1)
    and $2 in ('', decision)
  order by occurrence_id desc
  limit $3
)
select *
from (
  select * from activated
  union all
  select * from passed
) as both_kinds
order by activation_id desc
limit $3
