insert into alert_states (alert, subject, state, since, value)
select *
from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::float8[])
on conflict (alert, subject) do update
set state = excluded.state,
  since = excluded.since,
  value = excluded.value
