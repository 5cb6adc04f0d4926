-- Values of pipelines for attempts under way. Answers each question that an attempt may ask, in no order; without a value
-- where there is none.
select
  asked.number,
  pipeline_state.value::text as value
from unnest($1::uuid[], $2::integer[], $3::uuid[], $4::text[], $5::text[]) with ordinality
  as asked (execution_id, attempt_no, session_id, pipeline_id, key, number)
join executions on executions.execution_id = asked.execution_id
  and executions.attempt_no = asked.attempt_no
  and executions.session_id = asked.session_id
  and executions.state = 'running'
left join pipeline_state on pipeline_state.pipeline_id = asked.pipeline_id
  and pipeline_state.key = asked.key
