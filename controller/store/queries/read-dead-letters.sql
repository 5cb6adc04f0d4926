-- Newest first, or oldest first, with what an execution began with.
select
  letter.execution_id,
  letter.pipeline_id,
  letter.queue,
  executions.plan_digest,
  activations.inputs,
  activations.trigger_context,
  letter.error,
  executions.attempt_no,
  letter.at,
  letter.reason,
  letter.fingerprint,
  letter.edited_inputs,
  letter.settled_as,
  letter.settled_at,
  letter.requeued_as,
  letter.note
from matching_dead_letters($1, $2, $3, $4, $5, $6, $7, $8, $9) as letter
join executions using (execution_id)
join activations on activations.activation_id = letter.execution_id
order by case when $11::boolean then letter.at end, letter.at desc, letter.execution_id desc
limit $10
