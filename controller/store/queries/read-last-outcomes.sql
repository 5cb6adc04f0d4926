-- When an execution of each pipeline last came to each outcome, since a time.
select
  executions.pipeline_id,
  max(executions.ended_at) filter (where state = 'succeeded') as succeeded_at,
  max(executions.ended_at) filter (where state = 'failed') as failed_at,
  max(executions.ended_at) filter (where state = 'killed') as killed_at,
  max(executions.ended_at) filter (where state = 'dead_lettered') as dead_lettered_at
from attempts
join executions on executions.execution_id = attempts.execution_id
  and executions.attempt_no = attempts.attempt_no
where attempts.ended_at >= $1
  and executions.state not in ('waiting', 'running', 'cancelled')
group by executions.pipeline_id
limit 100000
