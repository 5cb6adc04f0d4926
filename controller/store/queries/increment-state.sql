-- Adds to values of pipelines, for attempts under way: all that a key is given becomes one change of its row, and each
-- call has the sum up to its own part. The lock on the execution holds up the end of the attempt until this is committed.
-- A call that was here before has its answer of then. Answers the calls of attempts that are the running ones; without a
-- sum where the value is no int, or would leave ±(2^53-1).
with asked as (
  select *
  from unnest($1::uuid[], $2::integer[], $3::uuid[], $4::text[], $5::integer[], $6::text[], $7::text[], $8::bigint[])
    with ordinality
    as asked (execution_id, attempt_no, session_id, node_id, sequence, pipeline_id, key, by, number)
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
  select asked.*, attempt_calls.answer, attempt_calls.execution_id is not null as repeated
  from asked
  join running using (execution_id, attempt_no, session_id)
  left join attempt_calls using (execution_id, attempt_no, node_id, sequence)
),
fresh as (
  select distinct on (execution_id, attempt_no, node_id, sequence) *
  from allowed
  where not repeated
  order by execution_id, attempt_no, node_id, sequence, number
),
parts as (
  select
    fresh.*,
    sum(by) over (partition by pipeline_id, key order by number desc) - by as later
  from fresh
),
totals as (
  select pipeline_id, key, sum(by) as total
  from parts
  group by pipeline_id, key
),
changed as (
  insert into pipeline_state as kept (pipeline_id, key, value, changed_at)
  select pipeline_id, key, total::text::json, clock_timestamp()
  from totals
  where abs(total) <= 9007199254740991
  order by pipeline_id, key
  on conflict (pipeline_id, key) do update
  set value = (kept.value::text::numeric + excluded.value::text::numeric)::text::json,
    changed_at = excluded.changed_at
  where case
    when kept.value::text ~ '^-?[0-9]{1,16}$'
    then abs(kept.value::text::numeric + excluded.value::text::numeric) <= 9007199254740991
    else false
  end
  returning kept.pipeline_id, kept.key, kept.value::text::bigint as sum
),
counted as (
  select parts.*, changed.sum - later as reached
  from parts
  join changed using (pipeline_id, key)
),
noted as (
  insert into attempt_calls (execution_id, attempt_no, node_id, sequence, answer)
  select execution_id, attempt_no, node_id, sequence, reached
  from counted
)
select
  allowed.number,
  coalesce(allowed.answer, counted.reached)::float8 as sum
from allowed
left join counted using (execution_id, attempt_no, node_id, sequence)
