insert into file_ledger (pipeline_id, trigger_key, host, path, version, present, at)
select pipeline_id, trigger_key, $1, path, version, present, $2
from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[])
  as seen (pipeline_id, trigger_key, path, version, present)
order by pipeline_id, trigger_key, path
on conflict (pipeline_id, trigger_key, host, path) do update
set version = excluded.version,
  present = excluded.present,
  at = excluded.at
