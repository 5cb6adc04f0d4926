-- With the approvals that it waits for.
select execution_details.*, asked.approvals
from execution_details
left join lateral (
  select json_agg(json_build_object(
    'node_id', node_id, 'message', message, 'requested_at', requested_at, 'expires_at', expires_at
  ) order by requested_at) as approvals
  from approvals
  where execution_details.state = 'waiting'
    and approvals.execution_id = execution_details.execution_id
    and decision is null
) as asked on true
where execution_id = $1
