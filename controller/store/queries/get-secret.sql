-- For an attempt under way: what declares a secret, and its sealed value where the store has one. No row: the attempt is
-- stale.
select
  objects.spec,
  secret_values.master_key_id,
  secret_values.wrapped_key,
  secret_values.sealed
from executions as calling
left join objects on objects.kind = 'Secret'
  and objects.namespace = ''
  and objects.name = $4
left join secret_values on secret_values.name = $4
where calling.execution_id = $1
  and calling.attempt_no = $2
  and calling.session_id = $3
  and calling.state = 'running'
