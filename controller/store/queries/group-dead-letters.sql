-- How many there are of each kind of failure, with the newest of each.
with letter as (
  select *
  from matching_dead_letters($1, $2, $3, $4, $5, $6, $7, $8, $9)
),
grouped as (
  select
    fingerprint,
    pipeline_id,
    queue,
    count(*) as letters,
    min(at) as first_at,
    max(at) as last_at,
    (array_agg(execution_id order by at desc, execution_id desc))[1] as newest
  from letter
  group by fingerprint, pipeline_id, queue
  order by letters desc, last_at desc
  limit 1000
)
select grouped.*, dead_letters.error
from grouped
join dead_letters on dead_letters.execution_id = grouped.newest
order by letters desc, last_at desc
