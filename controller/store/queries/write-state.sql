-- Sets and removes values of pipelines, for attempts under way; the last one of a key counts. The lock on the execution
-- holds up the end of the attempt until this is committed. A call that was here before changes nothing. Answers the calls
-- of attempts that are the running ones.
with asked as (
  select *
  from unnest($1::uuid[], $2::integer[], $3::uuid[], $4::text[], $5::integer[], $6::text[], $7::text[], $8::json[])
    with ordinality
    as asked (execution_id, attempt_no, session_id, node_id, sequence, pipeline_id, key, value, number)
),
running as (
  select execution_id, attempt_no, session_id
  from executions
  where execution_id = any ($1::uuid[])
    and state = 'running'
  order by execution_id
  for share
),
allowed as (
  select asked.*
  from asked
  join running using (execution_id, attempt_no, session_id)
),
fresh as (
  insert into attempt_calls (execution_id, attempt_no, node_id, sequence)
  select execution_id, attempt_no, node_id, sequence
  from allowed
  on conflict do nothing
  returning execution_id, attempt_no, node_id, sequence
),
last as (
  select distinct on (pipeline_id, key) pipeline_id, key, value
  from allowed
  join fresh using (execution_id, attempt_no, node_id, sequence)
  order by pipeline_id, key, number desc
),
written as (
  insert into pipeline_state (pipeline_id, key, value, changed_at)
  select pipeline_id, key, value, clock_timestamp()
  from last
  where value is not null
  order by pipeline_id, key
  on conflict (pipeline_id, key) do update
  set value = excluded.value,
    changed_at = excluded.changed_at
),
removed as (
  delete from pipeline_state
  using last
  where pipeline_state.pipeline_id = last.pipeline_id
    and pipeline_state.key = last.key
    and last.value is null
)
select number
from allowed
