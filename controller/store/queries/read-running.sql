-- Attempts under way in these shards, with whether their agent's session still holds its lease.
select
  execution_id,
  pipeline_id,
  plan_digest,
  queue,
  shard,
  priority,
  concurrency_key,
  share_key,
  attempt_no,
  max_attempts,
  executions.agent_id,
  executions.session_id,
  (extract(epoch from enqueued_at) * 1000)::float8 as enqueued_at_ms,
  coalesce(agents.session_id = executions.session_id and agents.lease_until > clock_timestamp(), false) as held
from executions
left join agents on agents.agent_id = executions.agent_id
where shard = any ($1::text[])
  and state = 'running'
limit $2
