-- When the next one of these shards has waited as long as it may; null: none.
select (extract(epoch from min(wait_until)) * 1000)::float8 as next_ms
from executions
where shard = any ($1::text[])
  and state = 'waiting'
  and attempt_no = 0
  and wait_until is not null
