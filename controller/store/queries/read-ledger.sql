-- The newest known versions of these files, locked in one order so that two batches never wait for each other.
select pipeline_id, trigger_key, path, version, present
from file_ledger
join unnest($2::text[], $3::text[], $4::text[]) as seen (pipeline_id, trigger_key, path) using (pipeline_id, trigger_key, path)
where host = $1
order by pipeline_id, trigger_key, path
for update of file_ledger
