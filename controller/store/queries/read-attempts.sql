-- The attempts under way of these executions, whoever owns their shards.
select execution_id, pipeline_id, plan_digest, queue, shard, priority, concurrency_key, share_key, attempt_no, max_attempts, agent_id, session_id,
  (extract(epoch from enqueued_at) * 1000)::float8 as enqueued_at_ms,
  true as held
from executions
where execution_id = any ($1::uuid[])
  and state = 'running'
