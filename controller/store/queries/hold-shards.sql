-- Renews the shards that this controller shall hold, takes those whose lease is over (with the next term), and gives
-- back those that are another's by now. Answers what it holds.
with live as (
  update controllers
  set lease_until = clock_timestamp() + $3 * interval '1 millisecond'
  where controller_id = $1
),
given_back as (
  update shards
  set holder = null,
    lease_until = '-infinity'
  where holder = $1
    and not shard = any ($2::text[])
)
update shards
set holder = $1,
  term = case when holder = $1 and lease_until > clock_timestamp() then term else term + 1 end,
  lease_until = clock_timestamp() + $3 * interval '1 millisecond'
where shard = any ($2::text[])
  and (holder = $1 or lease_until <= clock_timestamp())
returning shard, term
