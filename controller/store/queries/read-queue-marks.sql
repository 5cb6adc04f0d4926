-- The marks that a queue was declared with, and how much waits in it, counted no further than they ask. A full queue that
-- makes room by itself, or buries what comes, holds nobody up.
with declared as (
  select
    (spec -> 'backpressure' ->> 'high')::bigint as high,
    (spec -> 'backpressure' ->> 'low')::bigint as low,
    case
      when coalesce(spec ->> 'overflow', 'reject') = 'reject' then (spec ->> 'maxSize')::bigint
    end as most
  from objects
  where kind = 'Queue'
    and namespace = ''
    and name = $1
)
select
  high,
  low,
  most,
  (
    select count(*)
    from (
      select
      from executions
      where shard = $2
        and queue = $1
        and state = 'waiting'
      limit greatest(high, most)
    ) as counted
  ) as waiting
from declared
where high is not null
  or most is not null
