select
  executions.execution_id,
  executions.pipeline_id,
  executions.plan_digest,
  executions.queue,
  executions.priority,
  executions.state,
  executions.attempt_no,
  executions.max_attempts,
  executions.agent_id,
  executions.enqueued_at,
  coalesce(attempts.started_at, case executions.state when 'running' then executions.claimed_at end) as started_at,
  executions.ended_at,
  activations.revision,
  activations.trigger_name,
  activations.inputs,
  activations.trigger_context,
  attempts.outputs,
  attempts.error,
  attempts.metrics,
  attempts.exit_code
from executions
join activations on activations.activation_id = executions.execution_id
left join attempts on attempts.execution_id = executions.execution_id
  and attempts.attempt_no = executions.attempt_no
where executions.execution_id = $1
