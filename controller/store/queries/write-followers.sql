insert into followers (plan_digest, trigger_key, followed, outcome, namespace, name, shard)
select *
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
on conflict (plan_digest, trigger_key) do nothing
