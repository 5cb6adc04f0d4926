insert into logs (execution_id, attempt_no, sequence, at, level, node_id, line)
select *
from unnest($1::uuid[], $2::integer[], $3::bigint[], $4::timestamptz[], $5::text[], $6::text[], $7::text[])
on conflict do nothing
