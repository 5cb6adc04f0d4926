-- Answers those that had not been used yet.
insert into condition_uses (shard, pipeline_id, need, site, at)
select $1, pipeline_id, need, site, $5
from unnest($2::text[], $3::text[], $4::text[]) as used (pipeline_id, need, site)
on conflict (pipeline_id, need, site) do nothing
returning pipeline_id, need, site
