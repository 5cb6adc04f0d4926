insert into controllers (controller_id, url, lease_until)
values ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
on conflict (controller_id) do update
set url = excluded.url,
  lease_until = excluded.lease_until
