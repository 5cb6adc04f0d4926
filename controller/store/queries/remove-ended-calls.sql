-- Calls of attempts that have ended: nobody sends them again.
delete from attempt_calls
using (
  select calls.execution_id, calls.attempt_no, calls.node_id, calls.sequence
  from attempt_calls as calls
  join executions using (execution_id)
  where executions.state <> 'running'
    or executions.attempt_no <> calls.attempt_no
  limit $1
) as ended
where attempt_calls.execution_id = ended.execution_id
  and attempt_calls.attempt_no = ended.attempt_no
  and attempt_calls.node_id = ended.node_id
  and attempt_calls.sequence = ended.sequence
returning attempt_calls.sequence
