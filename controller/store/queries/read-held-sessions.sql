-- Of these sessions, those that still hold their agents' leases.
select agents.session_id
from agents
where agents.session_id = any ($1::uuid[])
  and agents.lease_until > clock_timestamp()
