-- A plan never changes; where its nodes stand in the source does.
insert into plans (plan_digest, pipeline_id, plan, positions, bundle_digest)
select *
from unnest($1::text[], $2::text[], $3::text[], $4::json[], $5::text[])
on conflict (plan_digest) do update
set positions = excluded.positions
where plans.positions::text <> excluded.positions::text
