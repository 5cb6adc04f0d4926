-- As read-first-of-shares, from the other end: last in, first out.
with recursive shares as (
  (
    select share_key
    from executions
    where queue = $1
      and state = 'waiting'
      and share_key is not null
    order by share_key
    limit 1
  )
  union all
  select (
    select share_key
    from executions
    where queue = $1
      and state = 'waiting'
      and share_key > shares.share_key
    order by share_key
    limit 1
  )
  from shares
  where shares.share_key is not null
),
chosen as (
  select shares.share_key
  from shares
  left join queue_meters on queue_meters.queue = $1
    and queue_meters.meter = E'share\n' || shares.share_key
  where shares.share_key is not null
  order by coalesce(queue_meters.value, 0), shares.share_key
  limit $8
)
select waiting.*
from chosen
cross join lateral (
  select *
  from waiting_executions
  where queue = $1
    and share_key = chosen.share_key
    and due_at <= $2
    and (concurrency_key is null or not concurrency_key = any ($3::text[]))
    and not pipeline_id = any ($4::text[])
    and (rate_key is null or not rate_key = any ($5::text[]))
    and (host is null or not host = any ($6::text[]))
  order by order_key desc, order_tie desc, sequence desc
  limit $7
) as waiting
