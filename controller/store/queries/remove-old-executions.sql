-- Executions that ended before a time, with all that belongs to them, oldest first. Open dead letters stay: somebody has
-- to look at them. Ids begin with the time of their making, so the primary key finds the old ones.
with old as (
  select execution_id
  from executions
  where execution_id < $1
    and ended_at < $2
    and not exists (
      select 1
      from dead_letters
      where dead_letters.execution_id = executions.execution_id
        and settled_at is null
    )
  order by execution_id
  limit $3
),
without_logs as (
  delete from logs
  using old
  where logs.execution_id = old.execution_id
),
without_calls as (
  delete from attempt_calls
  using old
  where attempt_calls.execution_id = old.execution_id
),
without_artifacts as (
  delete from artifacts
  using old
  where artifacts.execution_id = old.execution_id
),
without_letters as (
  delete from dead_letters
  using old
  where dead_letters.execution_id = old.execution_id
),
without_attempts as (
  delete from attempts
  using old
  where attempts.execution_id = old.execution_id
),
without_checkpoints as (
  delete from checkpoints
  using old
  where checkpoints.execution_id = old.execution_id
),
without_approvals as (
  delete from approvals
  using old
  where approvals.execution_id = old.execution_id
),
without_executions as (
  delete from executions
  using old
  where executions.execution_id = old.execution_id
)
delete from activations
using old
where activations.activation_id = old.execution_id
returning activation_id
