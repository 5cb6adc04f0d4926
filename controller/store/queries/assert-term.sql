-- Locks the shard's row for the transaction, so that no other controller takes it before the commit.
select term
from shards
where shard = $1
  and holder = $2
  and term = $3
  and lease_until > clock_timestamp()
for share
