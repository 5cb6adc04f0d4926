-- Renews the leases of sessions that still are their agents' own. Answers those it renewed.
update agents
set lease_until = clock_timestamp() + $4 * interval '1 millisecond',
  sample = beat.sample
from unnest($1::text[], $2::uuid[], $3::jsonb[]) as beat (agent_id, session_id, sample)
where agents.agent_id = beat.agent_id
  and agents.session_id = beat.session_id
  and agents.lease_until > clock_timestamp()
returning agents.agent_id
