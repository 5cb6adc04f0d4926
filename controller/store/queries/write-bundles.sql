insert into bundles (bundle_digest, archive)
select *
from unnest($1::text[], $2::bytea[])
on conflict do nothing
