insert into condition_states (condition, site, state, value, since)
select condition, site, state, value, since
from unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::timestamptz[]) as told (condition, site, state, value, since)
on conflict (condition, site) do update
set state = excluded.state, value = excluded.value, since = excluded.since
