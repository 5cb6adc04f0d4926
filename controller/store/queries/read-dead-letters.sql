select
  dead_letters.execution_id,
  dead_letters.pipeline_id,
  dead_letters.queue,
  executions.plan_digest,
  activations.inputs,
  activations.trigger_context,
  dead_letters.error,
  executions.attempt_no,
  dead_letters.at,
  dead_letters.reason
from dead_letters
join executions using (execution_id)
join activations on activations.activation_id = dead_letters.execution_id
where $1 = '' or dead_letters.queue = $1
order by dead_letters.at desc
limit $2
