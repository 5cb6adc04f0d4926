-- Background branches of runs that have just ended, as executions of their own that run already: on the agent that had the
-- parent, in the same session, once. What they are comes from their parent.
with branch as (
  select *
  from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[]) as branch (child_id, node_id, parent_id, session_id)
),
made as (
  insert into activations (activation_id, pipeline_id, trigger_name, trigger_context, inputs, revision, at)
  select
    branch.child_id,
    activations.pipeline_id,
    'background',
    json_build_object(
      'timestamp', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'parent_id', branch.parent_id,
      'node_id', branch.node_id
    ),
    '{}',
    activations.revision,
    clock_timestamp()
  from branch
  join activations on activations.activation_id = branch.parent_id
  on conflict (activation_id) do nothing
  returning activation_id
)
insert into executions
  (execution_id, pipeline_id, plan_digest, queue, shard, priority, host, state, attempt_no, max_attempts,
    agent_id, session_id, due_at, enqueued_at, claimed_at, parent_id, concurrency_key, share_key)
select
  branch.child_id, parent.pipeline_id, parent.plan_digest, parent.queue, parent.shard, parent.priority, parent.host,
  'running', 1, 1,
  parent.agent_id, branch.session_id, clock_timestamp(), clock_timestamp(), clock_timestamp(), parent.execution_id,
  parent.concurrency_key, parent.share_key
from branch
join made on made.activation_id = branch.child_id
join executions as parent on parent.execution_id = branch.parent_id
