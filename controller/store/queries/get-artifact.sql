-- For an attempt under way: what its own execution keeps under a name, or another one of the namespace. No row: the
-- attempt is stale; null: there is no such artifact.
select artifacts.content
from executions as calling
left join executions as keeper on keeper.execution_id = $4
  and (keeper.execution_id = $1 or split_part(keeper.pipeline_id, '#', 1) = $5)
left join artifacts on artifacts.execution_id = keeper.execution_id
  and artifacts.name = $6
where calling.execution_id = $1
  and calling.attempt_no = $2
  and calling.session_id = $3
  and calling.state = 'running'
