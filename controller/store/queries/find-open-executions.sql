-- Of the executions that these keys started, those that have no outcome yet.
select asked.pipeline_id, asked.dedupe_key, executions.execution_id
from unnest($1::text[], $2::text[]) as asked (pipeline_id, dedupe_key)
join activations on activations.pipeline_id = asked.pipeline_id
  and activations.dedupe_key = asked.dedupe_key
join executions on executions.execution_id = activations.activation_id
where executions.state in ('waiting', 'running')
