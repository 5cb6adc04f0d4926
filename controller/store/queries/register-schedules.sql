-- Schedules begin when they are first seen; those that are known keep what they have.
insert into schedules (pipeline_id, trigger_key, since, told_until)
select pipeline_id, trigger_key, $1, $1
from unnest($2::text[], $3::text[]) as seen (pipeline_id, trigger_key)
on conflict (pipeline_id, trigger_key) do nothing
