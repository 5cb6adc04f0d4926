insert into shards (shard)
select unnest($1::text[])
on conflict do nothing
