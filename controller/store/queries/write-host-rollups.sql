insert into host_history (agent_id, name, gpu, minute, samples, total, lowest, highest)
select *
from unnest(
  $1::text[], $2::text[], $3::smallint[], $4::timestamptz[], $5::bigint[], $6::float8[], $7::float8[], $8::float8[]
)
on conflict (agent_id, name, gpu, minute) do update
set samples = host_history.samples + excluded.samples,
  total = host_history.total + excluded.total,
  lowest = least(host_history.lowest, excluded.lowest),
  highest = greatest(host_history.highest, excluded.highest)
