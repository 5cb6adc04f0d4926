-- With the approvals that it waits for, the one that started it, and those that it started.
select
  execution_details.*,
  asked.approvals,
  executions.parent_id,
  executions.host,
  array(
    select child.execution_id
    from executions as child
    where child.parent_id = $1
    order by child.execution_id
    limit 1000
  ) as child_ids
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
where execution_id = $1
