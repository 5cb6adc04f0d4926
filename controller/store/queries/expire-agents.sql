-- Ends the sessions whose lease is over, so that a late renewal is refused before their work goes to others.
update agents
set session_id = null
where session_id is not null
  and lease_until <= clock_timestamp()
returning agent_id
