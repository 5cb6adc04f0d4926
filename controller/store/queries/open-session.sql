-- A new process of an agent, or the same one on a new stream.
insert into agents (agent_id, session_id, lease_until, hello)
values ($1, $2, clock_timestamp() + $3 * interval '1 millisecond', $4)
on conflict (agent_id) do update
set session_id = excluded.session_id,
  lease_until = excluded.lease_until,
  hello = excluded.hello
