-- waiting -> running, for the owner of the shard at its term and for an agent whose session holds its lease and that is not closed; with what the
-- meters of the queues say after these starts.
with owned as (
  select shards.shard
  from shards
  join unnest($1::text[], $2::bigint[]) as held (shard, term) using (shard, term)
  where shards.holder = $3
    and shards.lease_until > clock_timestamp()
  for share of shards
),
chosen as (
  select choice.execution_id, choice.agent_id, choice.session_id
  from unnest($4::uuid[], $5::text[], $6::uuid[]) as choice (execution_id, agent_id, session_id)
  join agents using (agent_id, session_id)
  where agents.lease_until > clock_timestamp()
    and agents.cordoned_at is null
),
metered as (
  insert into queue_meters (queue, meter, value, at)
  select queue, meter, max(value), clock_timestamp()
  from unnest($7::text[], $8::text[], $9::float8[]) as reading (queue, meter, value)
  where exists (select from owned)
  group by queue, meter
  on conflict (queue, meter) do update
  set value = excluded.value,
    at = excluded.at
)
update executions
set state = 'running',
  attempt_no = executions.attempt_no + 1,
  agent_id = chosen.agent_id,
  session_id = chosen.session_id,
  claimed_at = clock_timestamp()
from chosen, owned, activations
where executions.execution_id = chosen.execution_id
  and activations.activation_id = chosen.execution_id
  and executions.shard = owned.shard
  and executions.state = 'waiting'
returning
  executions.execution_id,
  executions.attempt_no,
  activations.inputs::text as inputs,
  activations.trigger_context::text as trigger_context
