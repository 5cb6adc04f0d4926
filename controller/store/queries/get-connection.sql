-- For an attempt under way: what declares a connection, what declares the secret that it names, and that one's sealed
-- value where the store has one. No row: the attempt is stale.
select
  connections.spec as connection,
  secrets.spec,
  secret_values.master_key_id,
  secret_values.wrapped_key,
  secret_values.sealed
from executions as calling
left join objects as connections on connections.kind = 'Connection'
  and connections.namespace = ''
  and connections.name = $4
left join objects as secrets on secrets.kind = 'Secret'
  and secrets.namespace = ''
  and secrets.name = connections.spec ->> 'credentialsFrom'
left join secret_values on secret_values.name = secrets.name
where calling.execution_id = $1
  and calling.attempt_no = $2
  and calling.session_id = $3
  and calling.state = 'running'
