-- Executions with the record of their last attempt and the approvals that they wait for, newest first; an empty filter
-- lets all pass.
select execution_details.*, asked.approvals, executions.parent_id, executions.host, array[]::uuid[] as child_ids
from execution_details
join executions using (execution_id)
left join lateral (
  select json_agg(json_build_object(
    'node_id', node_id, 'message', message, 'requested_at', requested_at, 'expires_at', expires_at
  ) order by requested_at) as approvals
  from approvals
  where execution_details.state = 'waiting'
    and approvals.execution_id = execution_details.execution_id
    and decision is null
    and exists (
      select
      from attempts
      where attempts.execution_id = execution_details.execution_id
        and attempts.attempt_no = execution_details.attempt_no
        and outcome = 'waiting'
    )
) as asked on true
where ($1 = '' or execution_details.pipeline_id = $1)
  and ($2 = '' or execution_details.state::text = $2)
  and ($3 = '' or execution_details.queue = $3)
  and execution_id < $4
order by execution_id desc
limit $5
